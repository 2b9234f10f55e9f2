import { ServiceError } from '../errors.ts';
import type { Identity } from '../identity.ts';
import type { ServiceName } from '../service-name.ts';
import { addressOf } from '../services/lambda/address.ts';
import { readTaskHandle } from '../services/sqs/move-task.ts';
import { parseQueueAddress } from '../services/sqs/queue-address.ts';

/** What a call needs to be allowed to do. */
export interface NeededPermission {
  /** As IAM names it after the service: batches have the permission of the single action. */
  readonly action: string;
  /** ARN of what is acted on; `*` where the call names nothing. */
  readonly resource: string;
  /** Condition keys that only this action has. */
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * The permission that IAM asks of a call ("Actions, resources, and condition keys for Amazon SQS", "… for Amazon SNS",
 * "… for AWS Key Management Service" in the Service Authorization Reference).
 */
export function neededPermission(
  service: ServiceName,
  action: string,
  input: Readonly<Record<string, unknown>>,
  identity: Identity,
): NeededPermission {
  return {
    action: permissionOf(service, action),
    resource: resourceOf(service, action, input, identity) ?? '*',
    keys: keysOf(service, action, input, identity),
  };
}

function permissionOf(service: ServiceName, action: string): string {
  if (service === 'lambda' && action.startsWith('Invoke')) return 'InvokeFunction';
  return action.endsWith('Batch') ? action.slice(0, -'Batch'.length) : action;
}

const NO_KEYS = {};

function keysOf(
  service: ServiceName,
  action: string,
  input: Readonly<Record<string, unknown>>,
  identity: Identity,
): Readonly<Record<string, string>> {
  if (service === 'sns' && action === 'Subscribe') return subscribeKeys(input);
  const { FunctionName: name } = input;
  if (isOfMapping(service, action) && typeof name === 'string') {
    return { 'lambda:FunctionArn': functionArn(identity, name, undefined) };
  }
  return NO_KEYS;
}

/** Event source mappings are resources of their own; those that are made, and lists, have none. */
function isOfMapping(service: ServiceName, action: string): boolean {
  return service === 'lambda' && /EventSourceMappings?$/.test(action);
}

/** "Condition keys for Amazon SNS" (Service Authorization Reference). */
function subscribeKeys({ Protocol, Endpoint }: Readonly<Record<string, unknown>>) {
  return {
    ...(typeof Protocol === 'string' ? { 'sns:Protocol': Protocol } : {}),
    ...(typeof Endpoint === 'string' ? { 'sns:Endpoint': Endpoint } : {}),
  };
}

function resourceOf(
  service: ServiceName,
  action: string,
  input: Readonly<Record<string, unknown>>,
  { account, region }: Identity,
): string | undefined {
  const text = (name: string) => {
    const value = input[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const own = `arn:aws:${service}:${region}:${account}:`;
  switch (service) {
    case 'sqs': {
      const url = text('QueueUrl');
      if (url === undefined) {
        const owner = text('QueueOwnerAWSAccountId') ?? account;
        const queueArn = named(`arn:aws:sqs:${region}:${owner}:`, text('QueueName'));
        return queueArn ?? text('SourceArn') ?? readTaskHandle(text('TaskHandle') ?? '')?.sourceArn;
      }
      const queue = parseQueueAddress(url);
      if (queue === undefined) return undefined;
      return `arn:aws:sqs:${queue.region ?? region}:${queue.account ?? account}:${queue.name}`;
    }
    case 'sns': {
      const topic = text('TopicArn') ?? text('TargetArn') ?? text('ResourceArn');
      // A subscription's permissions are those of its topic.
      const subscription = text('SubscriptionArn')?.split(':').slice(0, 6).join(':');
      return topic ?? subscription ?? named(own, text('Name'));
    }
    case 'kms': {
      const id = text('KeyId') ?? text('TargetKeyId') ?? text('AliasName');
      if (id === undefined || id.startsWith('arn:')) return id;
      return id.startsWith('alias/') ? own + id : `${own}key/${id}`;
    }
    case 'logs': {
      const given = text('logGroupName') ?? text('logGroupIdentifier');
      if (given === undefined && action !== 'DescribeLogGroups') return text('resourceArn');
      const group = given?.startsWith('arn:')
        ? given.replace(/:\*$/, '')
        : `${own}log-group:${given ?? ''}`;
      // As AWS's refusals name them: a call for all groups, or all streams of one, has an empty name there.
      return `${group}:log-stream:${text('logStreamName') ?? ''}`;
    }
    case 'lambda': {
      const name = isOfMapping(service, action) ? undefined : text('FunctionName');
      if (name !== undefined) return functionArn({ account, region }, name, text('Qualifier'));
      return text('Resource') ?? named(`${own}event-source-mapping:`, text('UUID'));
    }
    case 'cloudwatch': {
      const [first, ...more] = Array.isArray(input.AlarmNames) ? input.AlarmNames : [];
      // Of several alarms, a permission for all is asked for.
      if (more.length > 0) return undefined;
      return named(`${own}alarm:`, text('AlarmName') ?? first) ?? text('ResourceARN');
    }
    case 'cloudformation': {
      const stack = text('StackName');
      if (stack === undefined || stack.startsWith('arn:')) return stack;
      return `${own}stack/${stack}/*`;
    }
    case 'apigateway': {
      const api = text('apiId');
      return api === undefined ? undefined : `arn:aws:apigateway:${region}::/apis/${api}`;
    }
    case 'elasticloadbalancing':
      return text('LoadBalancerArn') ?? text('TargetGroupArn') ?? text('ListenerArn');
    case 'ecs': {
      const name = text('taskDefinition') ?? text('service') ?? text('task') ?? text('cluster');
      return name?.startsWith('arn:') ? name : text('resourceArn');
    }
    case 'sts':
      return text('RoleArn');
  }
}

/** A function's ARN in whichever form a call names it, with the version or alias that it means. */
function functionArn(
  place: Pick<Identity, 'account' | 'region'>,
  name: string,
  qualifier: string | undefined,
): string {
  try {
    const address = addressOf(place, name, qualifier);
    return address.qualifier === undefined ? address.arn : `${address.arn}:${address.qualifier}`;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // The action says what is wrong with it.
    return `arn:aws:lambda:${place.region}:${place.account}:function:${name}`;
  }
}

function named(prefix: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : prefix + name;
}
