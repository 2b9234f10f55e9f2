import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { MAX_BATCH_ENTRIES } from '../../../rules/limits.ts';
import { ServiceError } from '../../errors.ts';
import {
  batchEntryIdsNotDistinct,
  emptyBatchRequest,
  InvalidValue,
  invalidBatchEntryId,
  tooManyEntries,
} from './errors.ts';

const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

interface Entry {
  readonly Id?: string | undefined;
}

/**
 * Checks a batch as a whole: the number of its entries and their ids.
 *
 * @param type the entries' type, for the error
 * @throws ServiceError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 */
export function checkBatch(entries: readonly Entry[], type: string): void {
  if (entries.length === 0) throw emptyBatchRequest(type);
  if (entries.length > MAX_BATCH_ENTRIES) throw tooManyEntries(MAX_BATCH_ENTRIES, entries.length);
  const seen = new Set<string>();
  for (const { Id: id = '' } of entries) {
    if (!ENTRY_ID.test(id)) throw invalidBatchEntryId();
    if (seen.has(id)) throw batchEntryIdsNotDistinct(id);
    seen.add(id);
  }
}

/** What a batch answers: entries that went well and those that failed, each list absent where it is empty. */
export interface BatchResult<T> {
  Successful: T[] | undefined;
  Failed: BatchResultErrorEntry[] | undefined;
}

/** Runs each entry of a batch by itself: the failure of one leaves the others alone. */
export function runBatch<E extends Entry, T>(
  entries: readonly E[],
  run: (entry: E) => T,
): BatchResult<T> {
  let successful: T[] | undefined;
  let failed: BatchResultErrorEntry[] | undefined;
  for (const entry of entries) {
    try {
      const result = run(entry);
      successful ??= [];
      successful.push(result);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failed ??= [];
      failed.push(failedEntry(entry.Id, error));
    }
  }
  return { Successful: successful, Failed: failed };
}

function failedEntry(id: string | undefined, error: ServiceError): BatchResultErrorEntry {
  return {
    Id: id,
    SenderFault: error.fault === 'Sender',
    Code: error instanceof InvalidValue ? error.entryCode : error.queryCode,
    Message: error instanceof InvalidValue ? error.reason : error.message,
  };
}
