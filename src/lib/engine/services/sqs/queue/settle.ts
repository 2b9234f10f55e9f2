import { DEDUPLICATION_WINDOW_SECONDS } from '../../../../rules/limits.ts';
import { forgetDeduplication } from '../records.ts';
import type { SqsState } from '../state.ts';
import { count } from './counts.ts';
import { settleGroup } from './groups.ts';
import { type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';
import { drop } from './release.ts';
import { servePollers } from './take.ts';

/**
 * Brings a queue up to `now`: delays that are over, visibility timeouts that ended, messages past their retention,
 * deduplication intervals that closed. Costs O(log n) for each such thing and nothing when none is due.
 */
export function settle(state: SqsState, queue: Queue, now: number): void {
  if (queue.wakeAt > now) return;
  releaseDue(state, queue, now);
  expireMessages(state, queue, now);
  expireDeduplication(state, queue, now);
  expireAttempts(queue, now);
  state.wakes.set(queue, nextWake(queue));
  servePollers(state, queue, now);
}

/** Brings a queue up to `now` after a change of attributes that moves what is due. */
export function settleAnew(state: SqsState, queue: Queue, now: number): void {
  queue.wakeAt = now;
  settle(state, queue, now);
}

function releaseDue(state: SqsState, queue: Queue, now: number): void {
  for (;;) {
    const message = queue.due.first;
    if (message === undefined || message.dueAt > now) return;
    makeReady(queue, message);
    traceVisible(state, queue, message, now);
  }
}

/** Makes a delayed or in-flight message receivable. */
export function makeReady(queue: Queue, message: Message): void {
  queue.due.remove(message);
  count(queue, message, -1);
  message.state = READY;
  message.dueAt = 0;
  count(queue, message, 1);
  if (queue.fifo) {
    const group = queue.groups.get(message.extra?.groupId ?? '');
    if (group !== undefined) settleGroup(queue, group);
  } else if (message.seq < queue.cursor) {
    queue.returned.push(message);
  }
}

/** Tells the trace that the message can be received again; delayed messages' first time is not news. */
export function traceVisible(state: SqsState, queue: Queue, message: Message, now: number): void {
  if (message.receiveCount === 0) return;
  state.parts.trace.emit({
    kind: 'visible',
    time: now,
    account: queue.account,
    region: queue.region,
    messageId: message.id,
    queueArn: queue.arn,
    receiveCount: message.receiveCount,
  });
}

function expireMessages(state: SqsState, queue: Queue, now: number): void {
  const before = now - queue.settings.retentionSeconds * 1000;
  for (;;) {
    const message = oldestInPlace(queue);
    if (message === undefined || message.sentAt > before) break;
    expire(state, queue, message, now);
  }
  for (;;) {
    const age = queue.ages.first;
    if (age === undefined || age.sentAt > before) break;
    expire(state, queue, age.message, now);
  }
}

function expire(state: SqsState, queue: Queue, message: Message, now: number): void {
  drop(state, queue, message);
  state.parts.trace.emit({
    kind: 'expired',
    time: now,
    account: queue.account,
    region: queue.region,
    messageId: message.id,
    queueArn: queue.arn,
  });
}

/** The oldest of the messages whose order of arrival is that of their age. */
function oldestInPlace(queue: Queue): Message | undefined {
  for (;;) {
    const message = queue.table.next(queue.oldest);
    if (message === undefined) return undefined;
    queue.oldest = message.seq;
    if (message.extra?.age === undefined) return message;
    queue.oldest = message.seq + 1;
  }
}

/** When the oldest message was sent; ms since the epoch, undefined for an empty queue. */
export function oldestSentAt(queue: Queue): number | undefined {
  const inPlace = oldestInPlace(queue)?.sentAt;
  const aged = queue.ages.first?.sentAt;
  if (inPlace === undefined || aged === undefined) return inPlace ?? aged;
  return Math.min(inPlace, aged);
}

function expireDeduplication(state: SqsState, queue: Queue, now: number): void {
  const before = now - DEDUPLICATION_WINDOW_SECONDS * 1000;
  for (const [key, record] of queue.deduplication) {
    if (record.at > before) return;
    queue.deduplication.delete(key);
    forgetDeduplication(state.parts.journal, queue.id, record);
  }
}

function expireAttempts(queue: Queue, now: number): void {
  const before = now - DEDUPLICATION_WINDOW_SECONDS * 1000;
  for (const [id, attempt] of queue.attempts) {
    if (attempt.at > before) return;
    queue.attempts.delete(id);
  }
}

function nextWake(queue: Queue): number {
  const windowMs = DEDUPLICATION_WINDOW_SECONDS * 1000;
  let wake = queue.due.first?.dueAt ?? Number.POSITIVE_INFINITY;
  const oldest = oldestSentAt(queue);
  if (oldest !== undefined) {
    wake = Math.min(wake, oldest + queue.settings.retentionSeconds * 1000);
  }
  for (const record of queue.deduplication.values()) {
    wake = Math.min(wake, record.at + windowMs);
    break;
  }
  for (const attempt of queue.attempts.values()) {
    wake = Math.min(wake, attempt.at + windowMs);
    break;
  }
  return wake;
}
