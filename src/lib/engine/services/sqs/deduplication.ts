import { hash } from 'node:crypto';
import { DEDUPLICATION_WINDOW_SECONDS } from '../../../rules/limits.ts';
import type { DeduplicationRecord, Queue } from './queue/queue.ts';
import { recordDeduplication } from './records.ts';
import type { SqsState } from './state.ts';

/** What a queue files a deduplication record under: with a group where the scope is the message group. */
export function deduplicationKey(deduplicationId: string, groupId: string | undefined): string {
  return groupId === undefined ? deduplicationId : `${groupId} ${deduplicationId}`;
}

/** The deduplication id that a queue with `ContentBasedDeduplication` gives a body: its SHA-256. */
export function contentDeduplicationId(body: string): string {
  return hash('sha256', body);
}

/** The message that was accepted under the id within the interval, whatever has become of it since. */
export function findDuplicate(
  queue: Queue,
  deduplicationId: string,
  groupId: string,
): DeduplicationRecord | undefined {
  const scope = queue.settings.deduplicationPerGroup ? groupId : undefined;
  return queue.deduplication.get(deduplicationKey(deduplicationId, scope));
}

/** Remembers an accepted message for the deduplication interval. */
export function rememberForDeduplication(
  state: SqsState,
  queue: Queue,
  message: {
    messageId: string;
    sequenceNumber: string;
    deduplicationId: string;
    groupId: string;
    at: number;
  },
): void {
  const groupId = queue.settings.deduplicationPerGroup ? message.groupId : undefined;
  const record: DeduplicationRecord = { ...message, groupId };
  queue.deduplication.set(deduplicationKey(message.deduplicationId, groupId), record);
  recordDeduplication(state.parts.journal, queue, record);
  state.wakes.lookAgainAt(queue, message.at + DEDUPLICATION_WINDOW_SECONDS * 1000);
}
