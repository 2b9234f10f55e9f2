import type {
  DeleteMessageBatchRequest,
  DeleteMessageBatchResultEntry,
  DeleteMessageRequest,
} from '@aws-sdk/client-sqs';
import { authorize } from '../authorize.ts';
import { type BatchResult, checkBatch, runBatch } from '../batch.ts';
import type { SqsContext } from '../context.ts';
import { receiptHandleExpired } from '../errors.ts';
import { deleteMessage as remove } from '../queue/delete.ts';
import { IN_FLIGHT } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { findQueue } from '../queue-url.ts';
import { hasExpired, messageOf, requireHandle } from '../receipt-handle.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
export function deleteMessage(input: DeleteMessageRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'DeleteMessage');
  deleteByHandle(ctx, queue, input.ReceiptHandle ?? '');
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
export function deleteMessageBatch(
  input: DeleteMessageBatchRequest,
  ctx: SqsContext,
): BatchResult<DeleteMessageBatchResultEntry> {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'DeleteMessage');
  const entries = input.Entries ?? [];
  checkBatch(entries, 'DeleteMessageBatchRequestEntry');
  return runBatch(entries, (entry) => {
    deleteByHandle(ctx, queue, entry.ReceiptHandle ?? '');
    return { Id: entry.Id };
  });
}

/**
 * Deletes the message that a handle stands for. On a standard queue any of its receives' handles does, also after its
 * visibility timeout ("If you use an old ReceiptHandle, the request will succeed, but the message might not be
 * deleted": in practice it is). On a FIFO queue only the latest handle is good, and only while the message is in flight.
 * A message that has gone already is no error.
 */
function deleteByHandle(ctx: SqsContext, queue: Queue, text: string): void {
  const { state: sqs, clock } = ctx;
  const handle = requireHandle(queue, text);
  const message = messageOf(queue, handle);
  if (message === undefined) return;
  const now = clock.now();
  const latest = message.receiveCount === handle.receiveCount;
  if (hasExpired(handle, now) || (queue.fifo && !(latest && message.state === IN_FLIGHT))) {
    throw receiptHandleExpired(text);
  }
  remove(sqs, queue, message, now);
}
