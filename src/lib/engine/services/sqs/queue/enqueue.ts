import type { BodyShare } from '../../../ports.ts';
import { recordMessage } from '../message-records.ts';
import type { SqsState } from '../state.ts';
import { count } from './counts.ts';
import { groupOf, settleGroup } from './groups.ts';
import {
  DELAYED,
  type Message,
  type MessageAttributes,
  type MessageExtra,
  READY,
} from './message.ts';
import type { Queue } from './queue.ts';
import { joinTenant } from './tenants.ts';

/** A message on its way into a queue. Times are ms since the epoch. */
export interface Arrival {
  readonly id: string;
  readonly body: string;
  /** Set where the journal may keep the body, or a part of it, with those of other messages. */
  readonly shared?: BodyShare | undefined;
  /** MD5 of the body in hex, empty when not known. */
  readonly md5: string;
  readonly sentAt: number;
  readonly sender: string;
  readonly attributes: MessageAttributes | undefined;
  readonly extra: MessageExtra | undefined;
  /** When it can be received; any time that has come for at once. */
  readonly receivableAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
}

/**
 * Puts a message into a queue without waking pollers: whoever sends several messages wakes them once, with
 * `servePollers`, after the last.
 */
export function place(state: SqsState, queue: Queue, arrival: Arrival, now: number): Message {
  const message = addMessage(queue, arrival, now);
  recordMessage(state, queue, message, arrival.shared);
  state.wakes.lookAgainAt(
    queue,
    Math.min(
      message.state === DELAYED ? message.dueAt : Number.POSITIVE_INFINITY,
      message.sentAt + queue.settings.retentionSeconds * 1000,
    ),
  );
  return message;
}

function addMessage(queue: Queue, arrival: Arrival, now: number): Message {
  const waits = arrival.receivableAt > now;
  const message: Message = {
    seq: queue.nextSeq,
    id: arrival.id,
    record: 0,
    body: arrival.body,
    shared: undefined,
    md5: arrival.md5,
    sentAt: arrival.sentAt,
    sender: arrival.sender,
    attributes: arrival.attributes,
    extra: arrival.extra,
    state: waits ? DELAYED : READY,
    dueAt: waits ? arrival.receivableAt : 0,
    receiveCount: arrival.receiveCount,
    firstReceivedAt: arrival.firstReceivedAt,
    heapIndex: -1,
  };
  queue.nextSeq += 1;
  insert(queue, message);
  return message;
}

/** Files a message where its state belongs; its `seq` MUST be the queue's highest. */
export function insert(queue: Queue, message: Message): void {
  queue.table.add(message);
  if (message.sentAt >= queue.newestSentAt) queue.newestSentAt = message.sentAt;
  else trackAge(queue, message);
  joinTenant(queue, message);
  count(queue, message, 1);
  if (message.state !== READY) queue.due.push(message);
  if (!queue.fifo) return;
  const group = groupOf(queue, message.extra?.groupId ?? '');
  group.messages.push(message);
  if (group.heapIndex < 0) settleGroup(queue, group);
}

/** Dead letters bring their age along: they expire by it, not by their place in the queue. */
function trackAge(queue: Queue, message: Message): void {
  const age = { sentAt: message.sentAt, message, heapIndex: -1 };
  message.extra = { ...message.extra, age };
  queue.ages.push(age);
}
