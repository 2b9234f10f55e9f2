import type {
  ListQueueTagsRequest,
  ListQueueTagsResult,
  TagQueueRequest,
  UntagQueueRequest,
} from '@aws-sdk/client-sqs';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { findQueue } from '../queue-url.ts';
import { recordQueue } from '../records.ts';
import { addTags, checkTags, requireTags } from '../tags.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html */
export function listQueueTags(input: ListQueueTagsRequest, ctx: SqsContext): ListQueueTagsResult {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'ListQueueTags');
  return queue.tags.size === 0 ? {} : { Tags: Object.fromEntries(queue.tags) };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export function tagQueue(input: TagQueueRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'TagQueue');
  const tags = requireTags(input.Tags, 'Tags');
  checkTags(queue.tags, tags);
  addTags(queue, tags);
  recordQueue(ctx.journal, queue);
}

/**
 * Takes tags away; keys that the queue doesn't have are no error.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html
 */
export function untagQueue(input: UntagQueueRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'UntagQueue');
  for (const key of requireTags(input.TagKeys, 'TagKeys')) queue.tags.delete(key);
  recordQueue(ctx.journal, queue);
}
