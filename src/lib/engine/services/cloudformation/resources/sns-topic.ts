import type { CreateTopicResponse } from '@aws-sdk/client-sns';
import { sameData } from '../template/data.ts';
import type { Properties } from './check-properties.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';
import { endSubscription } from './sns-subscription.ts';
import { retag, TAGS, tagList, tagsOf } from './tags.ts';
import {
  alreadyExists,
  attributesOf,
  changedAttributes,
  differs,
  generatedFifoName,
  objects,
  text,
  unless,
} from './values.ts';

const TYPE = 'AWS::SNS::Topic';
/** Properties that are attributes of the same name. */
const ATTRIBUTES = [
  'ArchivePolicy',
  'ContentBasedDeduplication',
  'DisplayName',
  'FifoThroughputScope',
  'FifoTopic',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
];
/** What an attribute is set to that the template no longer has. */
const DEFAULTS: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'false',
  FifoThroughputScope: 'Topic',
  SignatureVersion: '1',
  TracingConfig: 'PassThrough',
};
const MAX_NAME = 256;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
export const snsTopic: ResourceType = {
  table: {
    properties: {
      ArchivePolicy: 'json',
      ContentBasedDeduplication: 'boolean',
      DataProtectionPolicy: 'json',
      DeliveryStatusLogging: [
        {
          FailureFeedbackRoleArn: 'string',
          Protocol: 'string',
          SuccessFeedbackRoleArn: 'string',
          SuccessFeedbackSampleRate: 'string',
        },
      ],
      DisplayName: 'string',
      FifoThroughputScope: 'string',
      FifoTopic: 'boolean',
      KmsMasterKeyId: 'string',
      SignatureVersion: 'string',
      Subscription: [{ Endpoint: 'string', Protocol: 'string' }],
      Tags: TAGS,
      TopicName: 'string',
      TracingConfig: 'string',
    },
    required: [],
    replacing: ['TopicName', 'FifoTopic'],
    name: 'TopicName',
  },
  attributes: ['TopicArn', 'TopicName'],
  async create(properties, context) {
    const isFifo = properties.FifoTopic === true;
    const name = text(properties, 'TopicName') ?? generatedFifoName(MAX_NAME, isFifo, context);
    const arn = `arn:aws:sns:${context.region}:${context.account}:${name}`;
    const there = await unless(
      context.call('sns', 'GetTopicAttributes', { TopicArn: arn }),
      'NotFound',
      'NotFoundException',
      'InvalidParameter',
    );
    if (there !== undefined && !context.resumed) throw alreadyExists(TYPE, arn);
    const { TopicArn = arn } = await context.call<CreateTopicResponse>('sns', 'CreateTopic', {
      Name: name,
      Attributes: attributesOf(properties, ATTRIBUTES),
      Tags: tagList(tagsOf(properties, context.tags)),
    });
    const made = topic(TopicArn, name);
    context.made(made);
    if (properties.DataProtectionPolicy !== undefined) await protect(TopicArn, properties, context);
    await setDeliveryLogging(TopicArn, properties, context);
    for (const each of objects(properties, 'Subscription')) {
      await subscribe(TopicArn, each, context);
    }
    return made;
  },
  async update(properties, current, context) {
    const { physicalId: TopicArn, properties: before } = current;
    const changed = changedAttributes(properties, before, ATTRIBUTES, DEFAULTS);
    for (const [AttributeName, AttributeValue] of Object.entries(changed)) {
      const input = { TopicArn, AttributeName, AttributeValue };
      await context.call('sns', 'SetTopicAttributes', input);
    }
    if (differs(properties, before, ['DataProtectionPolicy'])) {
      await protect(TopicArn, properties, context);
    }
    if (differs(properties, before, ['DeliveryStatusLogging'])) {
      await setDeliveryLogging(TopicArn, properties, context);
    }
    await retag(properties, before, context, {
      untag: (TagKeys) => context.call('sns', 'UntagResource', { ResourceArn: TopicArn, TagKeys }),
      tag: (tags) =>
        context.call('sns', 'TagResource', { ResourceArn: TopicArn, Tags: tagList(tags) }),
    });
    await resubscribe(properties, before, TopicArn, context);
    return current;
  },
  async remove({ physicalId, properties }, context) {
    await unsubscribe(objects(properties, 'Subscription'), physicalId, context);
    await context.call('sns', 'DeleteTopic', { TopicArn: physicalId });
  },
};

function topic(arn: string, name: string): Made {
  return { physicalId: arn, attributes: { TopicArn: arn, TopicName: name } };
}

async function protect(arn: string, properties: Properties, context: ResourceContext) {
  const { DataProtectionPolicy = '' } = attributesOf(properties, ['DataProtectionPolicy']);
  const input = { ResourceArn: arn, DataProtectionPolicy };
  await context.call('sns', 'PutDataProtectionPolicy', input);
}

/** `DeliveryStatusLogging` of one protocol becomes three attributes, such as `SQSSuccessFeedbackRoleArn`. */
async function setDeliveryLogging(arn: string, properties: Properties, context: ResourceContext) {
  const protocols: Readonly<Record<string, string>> = {
    'http/s': 'HTTP',
    sqs: 'SQS',
    lambda: 'Lambda',
    firehose: 'Firehose',
    application: 'Application',
  };
  for (const { Protocol, ...roles } of objects(properties, 'DeliveryStatusLogging')) {
    const prefix = protocols[String(Protocol)] ?? String(Protocol);
    for (const [name, value] of Object.entries(roles)) {
      await context.call('sns', 'SetTopicAttributes', {
        TopicArn: arn,
        AttributeName: prefix + name,
        AttributeValue: String(value),
      });
    }
  }
}

async function subscribe(TopicArn: string, each: Properties, context: ResourceContext) {
  const { Endpoint, Protocol } = each;
  const input = { TopicArn, Endpoint, Protocol, ReturnSubscriptionArn: true };
  await context.call('sns', 'Subscribe', input);
}

async function resubscribe(
  properties: Properties,
  before: Properties,
  arn: string,
  context: ResourceContext,
) {
  const [now, then] = [objects(properties, 'Subscription'), objects(before, 'Subscription')];
  const isIn = (list: readonly Properties[]) => (each: Properties) =>
    list.some((other) => sameData(each, other));
  await unsubscribe(
    then.filter((each) => !isIn(now)(each)),
    arn,
    context,
  );
  for (const each of now.filter((one) => !isIn(then)(one))) await subscribe(arn, each, context);
}

/** `Subscribe` of what is there answers with its ARN. */
async function unsubscribe(
  subscriptions: readonly Properties[],
  TopicArn: string,
  context: ResourceContext,
) {
  for (const { Endpoint, Protocol } of subscriptions) {
    const found = await unless(
      context.call<{ SubscriptionArn?: string }>('sns', 'Subscribe', {
        TopicArn,
        Endpoint,
        Protocol,
        ReturnSubscriptionArn: true,
      }),
      'NotFound',
      'InvalidParameter',
    );
    if (found === undefined) continue;
    await endSubscription(found.SubscriptionArn, context);
  }
}
