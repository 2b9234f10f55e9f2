import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import { type ApiEvent, apiEvent, apiPermission, type EventOwner } from './http-api-event.ts';
import { type Invoked, invokedArn, invokedName } from './invoked.ts';
import { mapOf, pick } from './properties.ts';
import { SamError } from './sam-error.ts';

/** What the events of a function become. */
export interface FunctionEvents {
  /** By logical id. */
  readonly resources: DataMap;
  /** Whether a queue feeds the function. */
  readonly readsQueues: boolean;
  /** Routes of HTTP APIs that lead to it. */
  readonly apiEvents: readonly ApiEvent[];
}

/** Settings of a queue as a source, which a mapping has under the same name. */
const MAPPING = [
  'BatchSize',
  'Enabled',
  'FilterCriteria',
  'FunctionResponseTypes',
  'KmsKeyArn',
  'MaximumBatchingWindowInSeconds',
  'MetricsConfig',
  'ProvisionedPollerConfig',
  'ScalingConfig',
];
const OF_SQS: ReadonlySet<string> = new Set([...MAPPING, 'Queue']);
const SUBSCRIPTION = ['FilterPolicy', 'FilterPolicyScope', 'RedrivePolicy', 'Region'];
const OF_SNS: ReadonlySet<string> = new Set([...SUBSCRIPTION, 'SqsSubscription', 'Topic']);
/** What SAM maps the queue between a topic and a function with. */
const BATCH_SIZE_BETWEEN = 10;

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html */
export function functionEvents(owner: EventOwner, events: Data | undefined): FunctionEvents {
  const resources: Record<string, Data> = {};
  const apiEvents: ApiEvent[] = [];
  for (const [name, event] of Object.entries(mapOf(events, 'Events'))) {
    const { Type: type, Properties = {} } = mapOf(event, name);
    if (type === 'HttpApi') apiEvents.push(apiEvent(name, mapOf(Properties, name), owner));
    else Object.assign(resources, eventResources(owner, name, event));
  }
  for (const event of apiEvents) {
    const permission = apiPermission(event, apiEvents);
    if (permission === undefined) continue;
    resources[`${owner.functionId}${event.name}Permission`] = permission;
  }
  const readsQueues = Object.values(resources).some(
    (each) => isMap(each) && each.Type === 'AWS::Lambda::EventSourceMapping',
  );
  return { resources, readsQueues, apiEvents };
}

function eventResources(invoked: Invoked, name: string, event: Data): DataMap {
  const { Type: type, Properties = {} } = mapOf(event, name);
  const properties = mapOf(Properties, name);
  const id = invoked.functionId + name;
  if (type === 'SQS') return queueEvent(invoked, id, known(name, properties, OF_SQS));
  if (type === 'SNS') return topicEvent(invoked, id, known(name, properties, OF_SNS));
  throw new SamError(
    `Event with id [${name}] is invalid. The local engine does not support events of type ${dataText(type)}; it has SQS, SNS and HttpApi.`,
  );
}

function known(event: string, properties: DataMap, names: ReadonlySet<string>): DataMap {
  const unknown = Object.keys(properties).find((name) => !names.has(name));
  if (unknown === undefined) return properties;
  throw new SamError(
    `Event with id [${event}] is invalid. property ${unknown} not defined for resource`,
  );
}

function required(properties: DataMap, name: string, event: string): Data {
  const value = properties[name];
  if (value !== undefined) return value;
  throw new SamError(`Event with id [${event}] is invalid. Missing required property '${name}'.`);
}

function queueEvent(invoked: Invoked, id: string, properties: DataMap): DataMap {
  const queue = required(properties, 'Queue', id.slice(invoked.functionId.length));
  return { [id]: mapping(invoked, queue, pick(properties, MAPPING)) };
}

function mapping(invoked: Invoked, EventSourceArn: Data, settings: DataMap): DataMap {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn, FunctionName: invokedName(invoked), ...settings },
  };
}

function topicEvent(invoked: Invoked, id: string, properties: DataMap): DataMap {
  const topic = required(properties, 'Topic', id.slice(invoked.functionId.length));
  const { SqsSubscription: between = false } = properties;
  if (between !== false) return throughQueue(invoked, id, topic, properties);
  return {
    [id]: subscription(topic, 'lambda', invokedArn(invoked), properties),
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: invokedName(invoked),
        Principal: 'sns.amazonaws.com',
        SourceArn: topic,
      },
    },
  };
}

function subscription(topic: Data, Protocol: string, Endpoint: Data, properties: DataMap): DataMap {
  return {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: topic, Protocol, Endpoint, ...pick(properties, SUBSCRIPTION) },
  };
}

/** A queue between topic and function: one of the template's, or one that is made for it. */
function throughQueue(invoked: Invoked, id: string, topic: Data, properties: DataMap): DataMap {
  const { SqsSubscription: given = true } = properties;
  const own = isMap(given) ? given : {};
  const queueId = `${id}Queue`;
  const queueArn = own.QueueArn ?? { 'Fn::GetAtt': [queueId, 'Arn'] };
  const queueUrl = own.QueueUrl ?? { Ref: queueId };
  const policyId = dataText(own.QueuePolicyLogicalId ?? `${id}QueuePolicy`);
  return {
    ...(own.QueueArn === undefined ? { [queueId]: { Type: 'AWS::SQS::Queue' } } : {}),
    [policyId]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [queueUrl],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: '*',
              Action: 'sqs:SendMessage',
              Resource: queueArn,
              Condition: { ArnEquals: { 'aws:SourceArn': topic } },
            },
          ],
        },
      },
    },
    [id]: subscription(topic, 'sqs', queueArn, properties),
    [`${id}EventSourceMapping`]: mapping(invoked, queueArn, {
      BatchSize: own.BatchSize ?? BATCH_SIZE_BETWEEN,
      Enabled: own.Enabled ?? true,
    }),
  };
}
