import { MAX_IN_FLIGHT_FIFO, MAX_IN_FLIGHT_STANDARD } from '../../../../rules/limits.ts';
import { recordDelivery } from '../records.ts';
import type { SqsState } from '../state.ts';
import { count } from './counts.ts';
import { deadLetter, deadLetterQueueFor } from './dead-letter.ts';
import type { Group } from './group.ts';
import { moveBehind, settleGroup } from './groups.ts';
import { DELAYED, IN_FLIGHT, type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';
import { nextReady } from './ready.ts';
import type { ReceiveRequest } from './receive-request.ts';

/** Messages that the queue may have in flight at a time. */
export function inFlightLimit(queue: Queue): number {
  return queue.fifo ? MAX_IN_FLIGHT_FIFO : MAX_IN_FLIGHT_STANDARD;
}

/**
 * Receives up to `max` messages, the oldest first, and hides them for `visibilitySeconds`. Messages that have been
 * received `maxReceiveCount` times go to the dead-letter queue instead. The queue MUST have been settled.
 */
export function take(
  state: SqsState,
  queue: Queue,
  { max, visibilitySeconds, userAgent }: ReceiveRequest,
  now: number,
): Message[] {
  const wanted = Math.min(max, inFlightLimit(queue) - queue.inFlight);
  const receive: Receive = {
    state,
    queue,
    wanted,
    dueAt: now + visibilitySeconds * 1000,
    now,
    userAgent,
    taken: [],
  };
  if (queue.fifo) takeFromGroups(receive);
  else takeFromStandard(receive);
  if (receive.taken.length > 0) state.wakes.lookAgainAt(queue, receive.dueAt);
  return receive.taken;
}

interface Receive {
  readonly state: SqsState;
  readonly queue: Queue;
  readonly wanted: number;
  readonly dueAt: number;
  readonly now: number;
  readonly userAgent: string;
  readonly taken: Message[];
}

/** Hands what can be received to the receives that wait, the longest waiting first. */
export function servePollers(state: SqsState, queue: Queue, now: number): void {
  if (queue.pollers.size === 0 || queue.visible === 0) return;
  for (const poller of queue.pollers) {
    const messages = take(state, queue, poller, now);
    if (messages.length === 0) return;
    queue.pollers.delete(poller);
    poller.deliver(messages);
    if (queue.visible === 0) return;
  }
}

const waiting = new WeakSet<Queue>();

/**
 * Serves the receives that wait once the call in hand has brought all that it brings: ten messages of one batch then
 * wake one receive, as a rule, and not ten.
 */
export function servePollersSoon(state: SqsState, queue: Queue): void {
  if (queue.pollers.size === 0 || waiting.has(queue)) return;
  waiting.add(queue);
  queueMicrotask(() => {
    waiting.delete(queue);
    servePollers(state, queue, state.parts.clock.now());
  });
}

function hide(receive: Receive, message: Message): void {
  const { state, queue, now, userAgent } = receive;
  count(queue, message, -1);
  message.state = IN_FLIGHT;
  count(queue, message, 1);
  message.dueAt = receive.dueAt;
  message.receiveCount += 1;
  if (message.firstReceivedAt === 0) message.firstReceivedAt = now;
  queue.due.push(message);
  receive.taken.push(message);
  recordDelivery(state.parts.journal, message);
  state.parts.trace.emit({
    kind: 'received',
    time: now,
    account: queue.account,
    region: queue.region,
    messageId: message.id,
    queueArn: queue.arn,
    receiveCount: message.receiveCount,
    userAgent,
    hiddenUntil: message.dueAt,
  });
}

function takeFromStandard(receive: Receive): void {
  const { state, queue, now } = receive;
  const skipped = passOver(state, queue, now);
  while (receive.taken.length < receive.wanted) {
    const message = nextReady(queue, now);
    if (message === undefined) break;
    if (!deadLetteredInstead(receive, message)) hide(receive, message);
  }
  for (const message of skipped) queue.returned.push(message);
}

/** With reordering on, sets the oldest messages aside for this receive. */
function passOver(state: SqsState, queue: Queue, now: number): Message[] {
  if (queue.visible < 2) return [];
  const skipped: Message[] = [];
  for (let left = state.parts.faults.skips(queue.visible); left > 0; left -= 1) {
    const message = nextReady(queue, now);
    if (message === undefined) break;
    skipped.push(message);
  }
  return skipped;
}

function takeFromGroups(receive: Receive): void {
  const { queue } = receive;
  while (receive.taken.length < receive.wanted) {
    const group = queue.available.first;
    if (group === undefined) return;
    takeFromGroup(receive, group);
    moveBehind(queue, group);
    settleGroup(queue, group);
  }
}

/** As many messages of one group as are ready in a row: AWS returns as many of the same group as it can. */
function takeFromGroup(receive: Receive, group: Group): void {
  let index = group.head;
  let taken = 0;
  while (index < group.messages.length && receive.taken.length < receive.wanted) {
    const message = group.messages[index] as Message;
    if (message.state === DELAYED || message.state === IN_FLIGHT) return;
    if (message.state === READY && !deadLetteredInstead(receive, message)) {
      hide(receive, message);
      taken += 1;
    }
    // A dead letter at the head moves it, and the group's list may be compacted.
    index = taken === 0 ? group.head : index + 1;
  }
}

function deadLetteredInstead(receive: Receive, message: Message): boolean {
  const { state, queue } = receive;
  const { redrive } = queue.settings;
  if (redrive === undefined) return false;
  const receivesHere = message.receiveCount - (message.extra?.priorReceives ?? 0);
  if (receivesHere < redrive.maxReceiveCount) return false;
  const target = deadLetterQueueFor(state, queue);
  if (target === undefined) return false;
  deadLetter(state, queue, target, message, receive.now);
  servePollers(state, target, receive.now);
  return true;
}
