import type { CreateQueueResult } from '@aws-sdk/client-sqs';
import { sameData } from '../template/data.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { alreadyExists, attributesOf, removedKeys, tagsOf, text, unless } from './values.ts';

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
const FIFO = '.fifo';

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
      Tags: [{ Key: 'string', Value: 'string' }],
      VisibilityTimeout: 'integer',
    },
    required: [],
    replacing: ['FifoQueue', 'QueueName'],
    name: 'QueueName',
  },
  attributes: ['Arn', 'QueueName', 'QueueUrl'],
  async create(properties, context) {
    const isFifo = properties.FifoQueue === true;
    const QueueName =
      text(properties, 'QueueName') ??
      context.generatedName(MAX_NAME - (isFifo ? FIFO.length : 0)) + (isFifo ? FIFO : '');
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
    const names = ATTRIBUTES.filter(
      (name) => !sameData(properties[name], current.properties[name]),
    );
    const Attributes = Object.fromEntries(
      names.map((name) => [name, attributesOf(properties, [name])[name] ?? DEFAULTS[name] ?? '']),
    );
    if (names.length > 0) await context.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    await retag(properties, current.properties, QueueUrl, context);
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

async function retag(
  properties: Properties,
  before: Properties,
  QueueUrl: string,
  context: ResourceContext,
) {
  const Tags = tagsOf(properties, context.tags);
  const TagKeys = removedKeys(tagsOf(before, context.tagsBefore), Tags);
  if (TagKeys.length > 0) await context.call('sqs', 'UntagQueue', { QueueUrl, TagKeys });
  if (Object.keys(Tags).length > 0) await context.call('sqs', 'TagQueue', { QueueUrl, Tags });
}
