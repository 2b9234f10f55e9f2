import { DEDUPLICATION_WINDOW_SECONDS } from '../../../rules/limits.ts';
import { invalidValue } from './errors.ts';
import { IN_FLIGHT, type Message } from './queue/message.ts';
import type { Queue, ReceiveAttempt } from './queue/queue.ts';
import { recordDelivery } from './records.ts';
import type { SqsState } from './state.ts';

const ATTEMPT_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** @throws ServiceError InvalidParameterValue */
export function checkAttemptId(id: string): void {
  if (ATTEMPT_ID.test(id)) return;
  throw invalidValue(
    id,
    'ReceiveRequestAttemptId',
    'ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length',
  );
}

/** Remembers what a receive with an attempt id took. */
export function rememberAttempt(
  queue: Queue,
  id: string,
  messages: readonly Message[],
  handles: readonly string[],
  now: number,
): void {
  queue.attempts.delete(id);
  queue.attempts.set(id, {
    at: now,
    messages,
    handles,
    receiveCounts: messages.map((message) => message.receiveCount),
    dueAt: messages[0]?.dueAt ?? now,
  });
}

/**
 * The messages of an earlier receive with the same attempt id, with the same receipt handles and their visibility
 * timeout begun anew; undefined after five minutes, or when any of them was deleted, became visible or had its
 * visibility changed (API reference, `ReceiveRequestAttemptId`).
 */
export function repeatAttempt(
  state: SqsState,
  queue: Queue,
  id: string,
  visibilitySeconds: number,
  now: number,
): ReceiveAttempt | undefined {
  const attempt = queue.attempts.get(id);
  if (attempt === undefined || attempt.at + DEDUPLICATION_WINDOW_SECONDS * 1000 <= now) {
    return undefined;
  }
  const unchanged = attempt.messages.every(
    (message, index) =>
      message.state === IN_FLIGHT &&
      message.dueAt === attempt.dueAt &&
      message.receiveCount === attempt.receiveCounts[index],
  );
  if (!unchanged) return undefined;
  attempt.dueAt = now + visibilitySeconds * 1000;
  for (const message of attempt.messages) {
    queue.due.remove(message);
    message.dueAt = attempt.dueAt;
    queue.due.push(message);
    recordDelivery(state.parts.journal, message);
  }
  state.wakes.lookAgainAt(queue, attempt.dueAt);
  return attempt;
}
