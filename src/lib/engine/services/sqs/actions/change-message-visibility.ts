import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResultEntry,
  ChangeMessageVisibilityRequest,
} from '@aws-sdk/client-sqs';
import { MAX_VISIBILITY_SECONDS } from '../../../../rules/limits.ts';
import { authorize } from '../authorize.ts';
import { type BatchResult, checkBatch, runBatch } from '../batch.ts';
import type { SqsContext } from '../context.ts';
import { invalidValue, missingParameter } from '../errors.ts';
import { IN_FLIGHT, type Message } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { makeReady, traceVisible } from '../queue/settle.ts';
import { servePollers } from '../queue/take.ts';
import { findQueue } from '../queue-url.ts';
import { messageOf, requireHandle } from '../receipt-handle.ts';
import { recordDelivery } from '../records.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
export function changeMessageVisibility(
  input: ChangeMessageVisibilityRequest,
  ctx: SqsContext,
): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'ChangeMessageVisibility');
  change(ctx, queue, input.ReceiptHandle ?? '', input.VisibilityTimeout);
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
export function changeMessageVisibilityBatch(
  input: ChangeMessageVisibilityBatchRequest,
  ctx: SqsContext,
): BatchResult<ChangeMessageVisibilityBatchResultEntry> {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'ChangeMessageVisibility');
  const entries = input.Entries ?? [];
  checkBatch(entries, 'ChangeMessageVisibilityBatchRequestEntry');
  return runBatch(entries, (entry) => {
    change(ctx, queue, entry.ReceiptHandle ?? '', entry.VisibilityTimeout);
    return { Id: entry.Id };
  });
}

/**
 * Twelve hours from the receive are the most that a message can be kept from others. On a standard queue the handle of
 * any of the message's receives is good, and one whose visibility timeout has ended changes nothing and is no error: the
 * `MessageNotInflight` of the API's model has not been seen on AWS.
 */
function change(ctx: SqsContext, queue: Queue, text: string, seconds: number | undefined): void {
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  if (!(seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS)) {
    throw invalidValue(
      seconds,
      'VisibilityTimeout',
      `VisibilityTimeout must be an integer between 0 and ${MAX_VISIBILITY_SECONDS}`,
    );
  }
  const handle = requireHandle(queue, text);
  const message = messageOf(queue, handle);
  const inFlight = message?.state === IN_FLIGHT;
  const latest = message?.receiveCount === handle.receiveCount;
  if (message === undefined || (queue.fifo && !(latest && inFlight))) {
    throw invalidValue(
      text,
      'ReceiptHandle',
      'Message does not exist or is not available for visibility timeout change',
    );
  }
  if (!inFlight) return;
  const now = ctx.clock.now();
  if (now - handle.receivedAt + seconds * 1000 > MAX_VISIBILITY_SECONDS * 1000) {
    throw invalidValue(
      seconds,
      'VisibilityTimeout',
      `Total VisibilityTimeout for the message is beyond the limit [${MAX_VISIBILITY_SECONDS} seconds]`,
    );
  }
  if (seconds === 0) release(ctx, queue, message, now);
  else extend(ctx, queue, message, now + seconds * 1000);
}

function release(ctx: SqsContext, queue: Queue, message: Message, now: number): void {
  const { state: sqs, journal } = ctx;
  makeReady(queue, message);
  recordDelivery(journal, message);
  traceVisible(sqs, queue, message, now);
  servePollers(sqs, queue, now);
}

function extend(ctx: SqsContext, queue: Queue, message: Message, dueAt: number): void {
  queue.due.remove(message);
  message.dueAt = dueAt;
  queue.due.push(message);
  recordDelivery(ctx.journal, message);
  ctx.state.parts.trace.emit({
    kind: 'hidden',
    time: ctx.clock.now(),
    account: queue.account,
    region: queue.region,
    messageId: message.id,
    queueArn: queue.arn,
    receiveCount: message.receiveCount,
    hiddenUntil: dueAt,
  });
  ctx.state.wakes.lookAgainAt(queue, dueAt);
}
