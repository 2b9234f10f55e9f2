import type { DeleteQueueRequest } from '@aws-sdk/client-sqs';
import { QUEUE_DELETED_RECENTLY_SECONDS } from '../../../../rules/limits.ts';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { forgetMoveTasks } from '../move-tasks.ts';
import { emptyQueue } from '../queue/empty.ts';
import { findQueue } from '../queue-url.ts';
import { forgetDeduplications, TABLES } from '../records.ts';
import { queueKey, removeQueue, type SqsState } from '../state.ts';

/**
 * Deletes a queue with its messages. Receives that wait on it end with `QueueDoesNotExist`.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
 */
export function deleteQueue(input: DeleteQueueRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'DeleteQueue');
  const { state: sqs, clock, journal } = ctx;
  const { account, region, name } = queue;
  const now = clock.now();
  const key = queueKey(account, region, name);
  queue.deleted = true;
  removeQueue(sqs, queue);
  forgetOldDeletions(sqs, now);
  sqs.deletedAt.set(key, now);
  journal.remove(TABLES.queues, queue.id);
  journal.put(TABLES.deletedQueues, [account, region, name], now);
  forgetDeduplications(journal, queue);
  forgetMoveTasks(sqs, queue.arn);
  emptyQueue(sqs, queue, 'queue-deletion', now);
  sqs.wakes.set(queue, Number.POSITIVE_INFINITY);
  for (const poller of [...queue.pollers]) poller.abandon();
}

/** Deletions are filed in the order of their times. */
function forgetOldDeletions(state: SqsState, now: number): void {
  for (const [key, deletedAt] of state.deletedAt) {
    if (deletedAt + QUEUE_DELETED_RECENTLY_SECONDS * 1000 > now) return;
    state.deletedAt.delete(key);
    state.parts.journal.remove(TABLES.deletedQueues, key.split('/'));
  }
}
