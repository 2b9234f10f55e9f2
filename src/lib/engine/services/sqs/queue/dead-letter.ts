import { queueByArn, type SqsState } from '../state.ts';
import { place } from './enqueue.ts';
import { bodyDigest, bodyMd5, type Message, type MessageExtra } from './message.ts';
import type { Queue } from './queue.ts';
import { drop } from './release.ts';
import { nextSequenceNumber } from './sequence-number.ts';

/** The queue's dead-letter queue; undefined without a redrive policy, or when the queue it names has gone. */
export function deadLetterQueueFor(state: SqsState, queue: Queue): Queue | undefined {
  const { redrive } = queue.settings;
  if (redrive === undefined) return undefined;
  return queueByArn(state, redrive.deadLetterTargetArn);
}

/**
 * Moves a message to a dead-letter queue; whoever waits there is left to the caller. It keeps its id and its receive count. On standard queues it also keeps its
 * age, which its retention there goes by; on FIFO queues the age starts anew and the message's id becomes its
 * deduplication id (SQS Developer Guide, "Setting-up dead-letter queue retention", "Configure a dead-letter queue
 * redrive").
 */
export function deadLetter(
  state: SqsState,
  queue: Queue,
  target: Queue,
  message: Message,
  now: number,
): void {
  const { age: _age, ...kept }: MessageExtra = message.extra ?? {};
  const extra: MessageExtra = {
    ...kept,
    deadLetterSource: queue.arn,
    priorReceives: message.receiveCount,
    movedAt: now,
  };
  if (target.fifo) {
    extra.deduplicationId = message.id;
    extra.sequenceNumber = nextSequenceNumber(target, now);
  }
  const arrival = {
    id: message.id,
    body: message.body,
    md5: bodyMd5(message),
    sentAt: target.fifo ? now : message.sentAt,
    sender: message.sender,
    attributes: message.attributes,
    extra,
    receivableAt: 0,
    receiveCount: message.receiveCount,
    firstReceivedAt: message.firstReceivedAt,
  };
  state.parts.trace.emit({
    kind: 'dead-lettered',
    time: now,
    account: queue.account,
    region: queue.region,
    messageId: message.id,
    queueArn: queue.arn,
    deadLetterArn: target.arn,
    receiveCount: message.receiveCount,
    bodyDigest: bodyDigest(arrival.md5),
  });
  drop(state, queue, message);
  place(state, target, arrival, now);
}
