import { isRecord } from '../events/json-value.ts';
import { failedItems } from '../rules/batch-answer.ts';

/** What a function failed with, of a batch of SQS messages that it was called with. */
export interface BatchFailures {
  /** Ids of messages, in the order of the batch; none where it handled all. */
  readonly failed: readonly string[];
  /** Messages of the batch. */
  readonly of: number;
  /** Whether the answer is none that Lambda can read, or names what is not of the batch: then all failed. */
  readonly isUnreadable: boolean;
}

/**
 * Which messages of its batch a function names as failed.
 * @param payload what it was called with, and `answer` what it answered: JSON text.
 * @param isReported whether Lambda reads the answer so for sure: a mapping of the function reports batch item failures.
 * @returns undefined where it was called with something else than messages, or answers something else.
 */
export function batchFailures(
  payload: string,
  answer: string,
  isReported: boolean,
): BatchFailures | undefined {
  const ids = messageIds(payload);
  if (ids.length === 0 || !(isReported || namesFailures(answer))) return undefined;
  const found = failedItems(answer, new Set(ids));
  return {
    failed: found === 'all' ? ids : ids.filter((id) => found.has(id)),
    of: ids.length,
    isUnreadable: found === 'all',
  };
}

function messageIds(payload: string): string[] {
  const event: unknown = JSON.parse(payload);
  const records = isRecord(event) && Array.isArray(event.Records) ? event.Records : [];
  return records.flatMap((record: unknown) =>
    isRecord(record) && typeof record.messageId === 'string' ? [record.messageId] : [],
  );
}

function namesFailures(answer: string): boolean {
  try {
    const read: unknown = JSON.parse(answer);
    return isRecord(read) && Array.isArray(read.batchItemFailures);
  } catch {
    return false;
  }
}
