import { parse } from 'lossless-json';
import type { Attributes } from '../../aws/topics.ts';
import { resourceTags } from '../../definition/resource-tags.ts';
import type {
  SubscriberSpec,
  SubscriptionSpec,
  TopicSpec,
  Topology,
} from '../../definition/topology.ts';
import { allowTopic } from '../../rules/policy/document.ts';
import { keySetting } from '../key-setting.ts';
import { dlqSettings, queueSettings } from '../queue-settings.ts';
import { subscriptionSettings } from '../subscription-settings.ts';
import { topicSettings } from '../topic-settings.ts';
import { codeParameters, functionResources } from './function-resources.ts';
import { type LogicalNames, logicalNames } from './logical-names.ts';
import { type CloudFormationTemplate, type TemplateResource, tagList } from './template.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A CloudFormation template of what `setup` makes: the same names, attributes, policies and tags, from the same
 * functions. Topics with an `arn` are subscribed to and not made.
 * @param names of its resources, for what is put beside them.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_SQS.html
 */
export function cloudFormationTemplate(
  topology: Topology,
  names: LogicalNames = logicalNames(topology),
): CloudFormationTemplate {
  const own = topology.topics.filter(({ arn }) => arn === undefined);
  const resources = new Map<string, TemplateResource>();
  for (const topic of own) resources.set(names.topic(topic), topicResource(topology, topic));
  const dlqs = new Map(
    topology.subscribers.flatMap((each) => (each.dlq ? [[each.dlq, each]] : [])),
  );
  for (const spec of dlqs.values())
    resources.set(names.queue(spec.dlq ?? ''), dlqResource(topology, spec));
  for (const spec of topology.subscribers) {
    const queue = names.queue(spec.queue);
    resources.set(queue, queueResource(topology, spec, names));
    resources.set(`${queue}Policy`, policyResource(topology, spec, names));
    for (const subscription of spec.subscriptions) {
      const topic = topology.topics.find(({ key }) => key === subscription.topic);
      if (topic === undefined) continue;
      resources.set(names.subscription(spec, topic), {
        Type: 'AWS::SNS::Subscription',
        DependsOn: `${queue}Policy`,
        Properties: subscriptionProperties(topic, subscription, queue, topicArn(topic, names)),
      });
    }
  }
  for (const [name, resource] of functionResources(topology, names)) resources.set(name, resource);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The fan-out "${topology.name}", as pubsub setup makes it.`,
    ...codeParameters(topology, names),
    Resources: Object.fromEntries(resources),
    Outputs: outputs(topology, names),
  };
}

function topicResource(topology: Topology, spec: TopicSpec): TemplateResource {
  const { FifoTopic, ContentBasedDeduplication, ...rest } = topicSettings(spec);
  return {
    Type: 'AWS::SNS::Topic',
    Properties: {
      TopicName: spec.name,
      ...(FifoTopic ? { FifoTopic: true } : {}),
      ...(ContentBasedDeduplication ? { ContentBasedDeduplication: true } : {}),
      ...rest,
      Tags: tagList(resourceTags(topology, spec)),
    },
  };
}

function queueResource(
  topology: Topology,
  spec: SubscriberSpec,
  names: LogicalNames,
): TemplateResource {
  const { kmsKey, dlq, maxReceiveCount } = spec;
  const redrive =
    dlq === undefined
      ? {}
      : {
          RedrivePolicy: {
            deadLetterTargetArn: { 'Fn::GetAtt': [names.queue(dlq), 'Arn'] },
            maxReceiveCount,
          },
        };
  return {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: spec.queue,
      ...queueProperties({ ...queueSettings(spec), ...keySetting(kmsKey) }),
      ...redrive,
      Tags: tagList(resourceTags(topology, { kmsKey })),
    },
  };
}

function dlqResource(topology: Topology, spec: SubscriberSpec): TemplateResource {
  const kmsKey = spec.dlqKmsKey;
  return {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: spec.dlq,
      ...queueProperties({ ...dlqSettings(spec), ...keySetting(kmsKey) }),
      Tags: tagList(resourceTags(topology, { kmsKey })),
    },
  };
}

/** Attributes of a queue are text in SQS's API, and numbers and booleans in a template. */
function queueProperties(attributes: Attributes): Json {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (value === 'true' || value === 'false') return [name, value === 'true'];
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );
}

/** What a topic is called by in the template: its resource, or the ARN of somebody else's. */
function topicArn(topic: TopicSpec, names: LogicalNames): unknown {
  return topic.arn ?? { Ref: names.topic(topic) };
}

function policyResource(
  { topics }: Topology,
  spec: SubscriberSpec,
  names: LogicalNames,
): TemplateResource {
  const queue = names.queue(spec.queue);
  const statements = spec.subscriptions.flatMap(({ topic: key }) => {
    const topic = topics.find((each) => each.key === key);
    if (topic === undefined) return [];
    // Beside each other, as topics without an `arn` are: account and region are the stack's.
    const beside = topic.arn ?? `arn:aws:sns:::${topic.name}`;
    return [
      {
        ...allowTopic(beside, `arn:aws:sqs:::${spec.queue}`),
        Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn(topic, names) } },
      },
    ];
  });
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: queue }],
      PolicyDocument: { Version: '2012-10-17', Statement: statements },
    },
  };
}

function subscriptionProperties(
  topic: TopicSpec,
  spec: SubscriptionSpec,
  queue: string,
  arn: unknown,
): Json {
  const { FilterPolicy, RawMessageDelivery, ...rest } = subscriptionSettings(spec);
  const region = topic.arn?.split(':')[3];
  return {
    TopicArn: arn,
    Protocol: 'sqs',
    Endpoint: { 'Fn::GetAtt': [queue, 'Arn'] },
    ...(region ? { Region: region } : {}),
    ...(RawMessageDelivery ? { RawMessageDelivery: true } : {}),
    // Numbers stay to the letter.
    ...(FilterPolicy ? { FilterPolicy: parse(FilterPolicy) } : {}),
    ...rest,
  };
}

function outputs(topology: Topology, names: LogicalNames): CloudFormationTemplate['Outputs'] {
  const topics = topology.topics.filter(({ arn }) => arn === undefined);
  return Object.fromEntries([
    ...topics.map((topic) => [`${names.topic(topic)}Arn`, { Value: { Ref: names.topic(topic) } }]),
    ...topology.subscribers.map(({ queue }) => [
      `${names.queue(queue)}Url`,
      { Value: { Ref: names.queue(queue) } },
    ]),
  ]);
}
