import type { JournalKey } from './journal.ts';

/** One write of a commit. */
export interface Write {
  readonly table: string;
  readonly key: JournalKey;
  /** Undefined to remove the key. */
  readonly value: unknown;
  /** Whether the key is higher than every key that the table ever held. */
  readonly last: boolean;
}

/** A write that a log holds: its value lies between two places of the buffer; both are 0 for a removal. */
export interface PlacedWrite {
  readonly table: string;
  readonly key: JournalKey;
  readonly last: boolean;
  readonly start: number;
  readonly end: number;
}
