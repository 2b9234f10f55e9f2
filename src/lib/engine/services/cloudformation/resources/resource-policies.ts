import { ServiceError } from '../../../errors.ts';
import { defaultPolicy } from '../../sns/topic-policy.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { attributesOf, text, texts } from './values.ts';

const MAX_NAME = 256;

const OF_TOPICS: PolicyCalls = {
  set: (arn, policy, context) =>
    context.call('sns', 'SetTopicAttributes', {
      TopicArn: arn,
      AttributeName: 'Policy',
      AttributeValue: policy,
    }),
  // AWS puts the policy back that a topic is made with.
  clear: (arn, context) =>
    context.call('sns', 'SetTopicAttributes', {
      TopicArn: arn,
      AttributeName: 'Policy',
      AttributeValue: defaultTopicPolicy(arn),
    }),
};
const OF_QUEUES: PolicyCalls = {
  set: (url, policy, context) =>
    context.call('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: { Policy: policy } }),
  clear: (url, context) =>
    context.call('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: { Policy: '' } }),
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html */
export const snsTopicPolicy = policyOf('Topics', OF_TOPICS);
/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html */
export const sqsQueuePolicy = policyOf('Queues', OF_QUEUES);
/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicinlinepolicy.html */
export const snsTopicInlinePolicy = inlinePolicyOf('TopicArn', OF_TOPICS);
/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queueinlinepolicy.html */
export const sqsQueueInlinePolicy = inlinePolicyOf('Queue', OF_QUEUES);

/** How a policy gets to what it is for. */
interface PolicyCalls {
  set(target: string, policy: string, context: ResourceContext): Promise<unknown>;
  clear(target: string, context: ResourceContext): Promise<unknown>;
}

/** A policy for several topics or queues. */
function policyOf(targets: 'Topics' | 'Queues', calls: PolicyCalls): ResourceType {
  return {
    table: {
      properties: { PolicyDocument: 'json', [targets]: ['string'] },
      required: ['PolicyDocument', targets],
      replacing: [],
    },
    attributes: ['Id'],
    async create(properties, context) {
      const physicalId = context.generatedName(MAX_NAME);
      await put(calls, texts(properties, targets), properties, context);
      return { physicalId, attributes: { Id: physicalId } };
    },
    async update(properties, current, context) {
      const now = texts(properties, targets);
      const gone = texts(current.properties, targets).filter((each) => !now.includes(each));
      await put(calls, now, properties, context);
      for (const target of new Set(gone)) await drop(calls, target, context);
      return current;
    },
    async remove({ properties }, context) {
      for (const target of texts(properties, targets)) await drop(calls, target, context);
    },
  };
}

/** The policy of one topic or queue, by whose id it goes. */
function inlinePolicyOf(target: 'TopicArn' | 'Queue', calls: PolicyCalls): ResourceType {
  return {
    table: {
      properties: { PolicyDocument: 'json', [target]: 'string' },
      required: ['PolicyDocument', target],
      replacing: [target],
    },
    attributes: [],
    async create(properties, context) {
      const physicalId = text(properties, target) ?? '';
      await put(calls, [physicalId], properties, context);
      return { physicalId, attributes: {} };
    },
    async update(properties, current, context) {
      await put(calls, [current.physicalId], properties, context);
      return current;
    },
    remove: ({ physicalId }, context) => drop(calls, physicalId, context),
  };
}

async function put(
  { set }: PolicyCalls,
  targets: readonly string[],
  properties: Properties,
  context: ResourceContext,
): Promise<void> {
  const { PolicyDocument = '' } = attributesOf(properties, ['PolicyDocument']);
  for (const target of targets) await set(target, PolicyDocument, context);
}

async function drop(
  { clear }: PolicyCalls,
  target: string,
  context: ResourceContext,
): Promise<void> {
  try {
    await clear(target, context);
  } catch (error) {
    // What it was for may have gone before.
    if (!(error instanceof ServiceError) || !/NotFound|NonExist|DoesNotExist/.test(error.code)) {
      throw error;
    }
  }
}

function defaultTopicPolicy(arn: string): string {
  const account = arn.split(':')[4] ?? '';
  return JSON.stringify(defaultPolicy({ arn, account }));
}
