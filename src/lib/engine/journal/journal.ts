/** A key of a journal table: arrays sort element by element, so that one queue's messages lie together. */
export type JournalKey = string | number | readonly (string | number)[];

/**
 * Where state goes to survive the process. Memory is the truth while the engine runs; each change is also put here
 * and grouped into commits. Implementations MUST keep the order of writes to one key, MUST make one commit atomic,
 * and MUST NOT let `committed` resolve before everything put earlier is safe against `kill -9`.
 */
export interface Journal {
  /** False when nothing is kept: callers may then spare themselves the making of values. */
  readonly durable: boolean;
  /** Whether anything was put that `committed` would have to wait for. */
  readonly pending: boolean;
  /** Writes a value, which may be anything but undefined and MUST NOT be changed afterwards. */
  put(table: string, key: JournalKey, value: unknown): void;
  /** `put` for a key that MUST be higher than every key that the table holds or ever held: cheaper, and packs better. */
  append(table: string, key: number, value: unknown): void;
  remove(table: string, key: JournalKey): void;
  /** Resolves when everything put or removed before the call is durable; at once when nothing is pending. */
  committed(): Promise<void>;
  /** Every entry of a table in key order, for start-up. */
  entries(table: string): Iterable<{ key: JournalKey; value: unknown }>;
  /** Commits what is pending and ends. */
  close(): Promise<void>;
  /** Ends without writing what is pending: what was there stays as it is. */
  abandon(): Promise<void>;
}
