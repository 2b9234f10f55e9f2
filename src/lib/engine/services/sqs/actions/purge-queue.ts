import type { PurgeQueueRequest } from '@aws-sdk/client-sqs';
import { PURGE_INTERVAL_SECONDS } from '../../../../rules/limits.ts';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { purgeQueueInProgress } from '../errors.ts';
import { emptyQueue } from '../queue/empty.ts';
import { settleAnew } from '../queue/settle.ts';
import { findQueue } from '../queue-url.ts';
import { forgetDeduplications, recordQueue } from '../records.ts';

/**
 * Deletes all messages of a queue, also those in flight, and forgets their deduplication ids. AWS takes up to a minute for it, the engine no time.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
 */
export function purgeQueue(input: PurgeQueueRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'PurgeQueue');
  const { state: sqs, clock, journal } = ctx;
  const { options } = ctx.state.parts;
  const now = clock.now();
  if (options.strictTimings && queue.purgedAt + PURGE_INTERVAL_SECONDS * 1000 > now) {
    throw purgeQueueInProgress(queue.name);
  }
  queue.purgedAt = now;
  queue.purgedBelow = queue.nextSeq;
  recordQueue(journal, queue);
  forgetDeduplications(journal, queue);
  emptyQueue(sqs, queue, 'purge', now);
  settleAnew(sqs, queue, now);
}
