import type { CreateQueueResult } from '@aws-sdk/client-sqs';
import type { Properties } from './check-properties.ts';
import type { ResourceType } from './resource-type.ts';
import { retag, TAGS, tagsOf } from './tags.ts';
import {
  alreadyExists,
  attributesOf,
  changedAttributes,
  generatedFifoName,
  text,
  unless,
} from './values.ts';

const TYPE = 'AWS::SQS::Queue';
/** Properties that are attributes of the same name. */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];
/** What an attribute is set to that the template no longer has ("SetQueueAttributes", API reference). */
const DEFAULTS: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  DelaySeconds: '0',
  FifoThroughputLimit: 'perQueue',
  KmsDataKeyReusePeriodSeconds: '300',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};
const MISSING = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];
const MAX_NAME = 80;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
export const sqsQueue: ResourceType = {
  table: {
    properties: {
      ContentBasedDeduplication: 'boolean',
      DeduplicationScope: 'string',
      DelaySeconds: 'integer',
      FifoQueue: 'boolean',
      FifoThroughputLimit: 'string',
      KmsDataKeyReusePeriodSeconds: 'integer',
      KmsMasterKeyId: 'string',
      MaximumMessageSize: 'integer',
      MessageRetentionPeriod: 'integer',
      QueueName: 'string',
      ReceiveMessageWaitTimeSeconds: 'integer',
      RedriveAllowPolicy: 'json',
      RedrivePolicy: 'json',
      SqsManagedSseEnabled: 'boolean',
      Tags: TAGS,
      VisibilityTimeout: 'integer',
    },
    required: [],
    replacing: ['FifoQueue', 'QueueName'],
    name: 'QueueName',
  },
  attributes: ['Arn', 'QueueName', 'QueueUrl'],
  async create(properties, context) {
    const isFifo = properties.FifoQueue === true;
    const QueueName = text(properties, 'QueueName') ?? generatedFifoName(MAX_NAME, isFifo, context);
    const there = await unless(
      context.call('sqs', 'GetQueueUrl', { QueueName }),
      ...MISSING,
      'InvalidParameterValueException',
    );
    if (there !== undefined && !context.resumed) throw alreadyExists(TYPE, QueueName);
    const { QueueUrl: url = '' } = await context.call<CreateQueueResult>('sqs', 'CreateQueue', {
      QueueName,
      // A queue that isn't FIFO is made without the attribute: "false" is refused.
      Attributes: attributesOf(withoutFalse(properties, 'FifoQueue'), ATTRIBUTES),
      tags: tagsOf(properties, context.tags),
    });
    const Arn = `arn:aws:sqs:${context.region}:${context.account}:${QueueName}`;
    return { physicalId: url, attributes: { Arn, QueueName, QueueUrl: url } };
  },
  async update(properties, current, context) {
    const QueueUrl = current.physicalId;
    const before = current.properties;
    const Attributes = changedAttributes(properties, before, ATTRIBUTES, DEFAULTS);
    if (Object.keys(Attributes).length > 0) {
      await context.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    }
    await retag(properties, before, context, {
      untag: (TagKeys) => context.call('sqs', 'UntagQueue', { QueueUrl, TagKeys }),
      tag: (Tags) => context.call('sqs', 'TagQueue', { QueueUrl, Tags }),
    });
    return current;
  },
  async remove({ physicalId, attributes: { Arn = '' } }, context) {
    await unless(context.call('sqs', 'DeleteQueue', { QueueUrl: physicalId }), ...MISSING);
    context.releaseQueueName(Arn);
  },
};

function withoutFalse(properties: Properties, name: string): Properties {
  if (properties[name] !== false) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([each]) => each !== name));
}
