import type {
  GetQueueUrlRequest,
  GetQueueUrlResult,
  ListDeadLetterSourceQueuesRequest,
  ListDeadLetterSourceQueuesResult,
  ListQueuesRequest,
  ListQueuesResult,
} from '@aws-sdk/client-sqs';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { sourcesOf } from '../dead-letter-target.ts';
import { queueDoesNotExist } from '../errors.ts';
import { pageOf } from '../pages.ts';
import { findQueue, queueUrl } from '../queue-url.ts';
import { queueKey, queuesOf } from '../state.ts';

/**
 * The caller's queues in the region, by name.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
 */
export function listQueues(input: ListQueuesRequest, ctx: SqsContext): ListQueuesResult {
  const prefix = input.QueueNamePrefix ?? '';
  const queues = queuesOf(ctx.state, ctx.account, ctx.region).filter((queue) =>
    queue.name.startsWith(prefix),
  );
  const { items, next } = pageOf(queues, input.MaxResults, input.NextToken);
  if (items.length === 0) return {};
  const QueueUrls = items.map((queue) => queueUrl(ctx, queue));
  return next === undefined ? { QueueUrls } : { QueueUrls, NextToken: next };
}

/**
 * The queues that have the queue as their dead-letter queue, by name.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html
 */
export function listDeadLetterSourceQueues(
  input: ListDeadLetterSourceQueuesRequest,
  ctx: SqsContext,
): ListDeadLetterSourceQueuesResult {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'ListDeadLetterSourceQueues');
  const sources = sourcesOf(ctx.state, queue);
  const { items, next } = pageOf(sources, input.MaxResults, input.NextToken);
  // The model has the list as required, but the service leaves out empty ones.
  const queueUrls = items.length === 0 ? undefined : items.map((source) => queueUrl(ctx, source));
  return next === undefined ? { queueUrls } : { queueUrls, NextToken: next };
}

/**
 * The URL of a queue by its name, also of another account's queue that the caller may use.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html
 */
export function getQueueUrl(input: GetQueueUrlRequest, ctx: SqsContext): GetQueueUrlResult {
  const { QueueName = '', QueueOwnerAWSAccountId = ctx.account } = input;
  const key = queueKey(QueueOwnerAWSAccountId, ctx.region, QueueName);
  const queue = ctx.state.queues.get(key);
  if (queue === undefined) throw queueDoesNotExist();
  authorize(ctx, queue, 'GetQueueUrl');
  return { QueueUrl: queueUrl(ctx, queue) };
}
