/** A key of a journal table: arrays sort element by element, so that one queue's messages lie together. */
export type JournalKey = string | number | readonly (string | number)[];

/** Why a commit was refused. */
export interface JournalRefusal {
  /** A sentence that names the folder. */
  readonly message: string;
  readonly cause: unknown;
}

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
  /** Writes a value, which may be anything but undefined and MUST NOT be changed after the turn of the event loop. */
  put(table: string, key: JournalKey, value: unknown): void;
  /** `put` for a key that MUST be higher than every key that the table holds or ever held: cheaper, and packs better. */
  append(table: string, key: number, value: unknown): void;
  remove(table: string, key: JournalKey): void;
  /** Called before each commit that was asked for; what it puts is a part of that. */
  onCommit: () => void;
  /** Called when a commit was refused, before any other call runs: none of what it held is there. */
  onRefusal: (refusal: JournalRefusal) => void;
  /** Why the last commit was refused; undefined when it was not. */
  readonly refusal: JournalRefusal | undefined;
  /** Removes everything but some tables, and what was put since the last commit. */
  clear(keep: readonly string[]): void;
  /**
   * Resolves when everything put or removed before the call is durable; at once when nothing is pending. Rejects with
   * a ServiceError (503) when the commit was refused, as by a full disk: nothing of it is kept, and the next commit is
   * tried as any other.
   */
  committed(): Promise<void>;
  /** Every entry of a table in key order, for start-up. */
  entries(table: string): Iterable<{ key: JournalKey; value: unknown }>;
  /** Commits what is pending and ends. */
  close(): Promise<void>;
  /** Ends without writing what is pending: what was there stays as it is. */
  abandon(): Promise<void>;
}
