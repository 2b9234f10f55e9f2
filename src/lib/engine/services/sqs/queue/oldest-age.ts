import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

/** "After a message is received three times (or more) and not processed, the message is moved to the back of the queue". */
const RECEIVES_PASSED_OVER = 3;
/** Messages that are looked at: there are few that were received so often. */
const MAX_LOOKED_AT = 1_000;

/**
 * How old `ApproximateAgeOfOldestMessage` says that a queue's oldest message is, in milliseconds; 0 for an empty queue. On
 * a standard queue a message that was received three times counts no more: the metric then is about the next one. In a
 * dead-letter queue the age counts from the move.
 *
 * @param now in the engine's time
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function reportedAge(queue: Queue, now: number): number {
  let from = 0;
  for (let looked = 0; looked < MAX_LOOKED_AT; looked += 1) {
    const message = queue.table.next(from);
    if (message === undefined) return 0;
    if (queue.fifo || receivesHere(message) < RECEIVES_PASSED_OVER) {
      return now - (message.extra?.movedAt ?? message.sentAt);
    }
    from = message.seq + 1;
  }
  return 0;
}

function receivesHere({ receiveCount, extra }: Message): number {
  return receiveCount - (extra?.priorReceives ?? 0);
}
