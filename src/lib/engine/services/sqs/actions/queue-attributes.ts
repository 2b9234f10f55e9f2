import type {
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  SetQueueAttributesRequest,
} from '@aws-sdk/client-sqs';
import { type AttributeMap, checkAttributes, isAttributeName } from '../attribute-rules.ts';
import { effectiveAttributes, mergeAttributes, readSettings } from '../attributes.ts';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { checkDeadLetterTarget } from '../dead-letter-target.ts';
import { invalidAttributeName, invalidAttributeValue, missingParameter } from '../errors.ts';
import type { Queue } from '../queue/queue.ts';
import { settleAnew } from '../queue/settle.ts';
import { findQueue } from '../queue-url.ts';
import { recordQueue } from '../records.ts';

/**
 * Answers attributes of a queue: the asked ones that it has, nothing when nothing is asked for.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export function getQueueAttributes(
  input: GetQueueAttributesRequest,
  ctx: SqsContext,
): GetQueueAttributesResult {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'GetQueueAttributes');
  const wanted: readonly string[] = input.AttributeNames ?? [];
  for (const name of wanted) if (!isAttributeName(name)) throw invalidAttributeName(name);
  if (wanted.length === 0) return {};
  const all = {
    ...reportedAttributes(queue),
    ...effectiveAttributes(queue.attributes, queue.fifo),
  };
  if (wanted.includes('All')) return { Attributes: all };
  const selected: Record<string, string> = {};
  for (const name of wanted) {
    const value = all[name as keyof typeof all];
    if (value !== undefined) selected[name] = value;
  }
  return Object.keys(selected).length === 0 ? {} : { Attributes: selected };
}

/** What a queue reports of itself. */
function reportedAttributes(queue: Queue) {
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(queue.visible),
    ApproximateNumberOfMessagesNotVisible: String(queue.inFlight),
    ApproximateNumberOfMessagesDelayed: String(queue.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  };
}

/**
 * Changes attributes of a queue, at once. An empty document unsets it.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function setQueueAttributes(input: SetQueueAttributesRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'SetQueueAttributes');
  const given: AttributeMap | undefined = input.Attributes;
  if (given === undefined || Object.keys(given).length === 0) {
    throw missingParameter('Attribute.Name');
  }
  if (queue.fifo && given.FifoQueue !== undefined && given.FifoQueue.toLowerCase() !== 'true') {
    throw invalidAttributeValue('FifoQueue', 'Modifying queue type is not supported');
  }
  const attributes = mergeAttributes(queue.attributes, checkAttributes(given, queue.fifo));
  const settings = readSettings(attributes);
  if (given.RedrivePolicy) {
    checkDeadLetterTarget(ctx.state, queue, settings.redrive, given.RedrivePolicy);
  }
  changeAttributes(ctx, queue, attributes, settings);
}

/** Gives a queue new attributes, which MUST have been checked. @param settings what they mean. */
export function changeAttributes(
  ctx: SqsContext,
  queue: Queue,
  attributes: AttributeMap,
  settings = readSettings(attributes),
): void {
  const { state: sqs, clock, journal } = ctx;
  const now = clock.now();
  queue.attributes = attributes;
  queue.settings = settings;
  queue.modifiedAt = clock.timestamp();
  recordQueue(journal, queue);
  settleAnew(sqs, queue, now);
}
