import type { Output } from './io.ts';

/** An output stream of the process, watched: what is written to it never throws and never raises an `error` event. */
export interface WatchedOutput {
  /** What its writes failed with, from the first failure on: `EPIPE`, `EIO`, `ENOSPC` and the like. */
  readonly failure: NodeJS.ErrnoException | undefined;
  /** The end of what could not be written. */
  readonly unread: string;
  /** Resolves when all that was written is on its way, or can't be. */
  flushed(): Promise<void>;
}

/** Characters of lost output that are kept: enough for the account of any run. */
const MAX_UNREAD = 65_536;

type Told = (error?: Error | null) => void;

/**
 * Watches a stream of the process for a reader that goes away, a terminal that is closed and a disk that is full.
 * From then on writes to it do nothing but keep what they say.
 * @param onFailed told once, when the first write fails.
 */
export function watchOutput(stream: Output, onFailed: () => void): WatchedOutput {
  const write = stream.write.bind(stream) as (chunk: string, told: Told) => boolean;
  let failure: NodeJS.ErrnoException | undefined;
  let unread = '';
  const keep = (chunk: string | Uint8Array): void => {
    unread = (unread + Buffer.from(chunk as Uint8Array).toString()).slice(-MAX_UNREAD);
  };
  const fail = (error: Error): void => {
    if (failure !== undefined) return;
    failure = error;
    // Nobody may wait for room in it any more.
    stream.emit('drain');
    onFailed();
  };
  stream.on('error', fail);
  const guarded = (chunk: string | Uint8Array, encoding?: unknown, callback?: Told): boolean => {
    const told = typeof encoding === 'function' ? (encoding as Told) : callback;
    if (failure !== undefined) {
      keep(chunk);
      if (told) process.nextTick(told);
      return true;
    }
    const onWritten: Told = (error) => {
      if (error) {
        keep(chunk);
        fail(error);
      }
      told?.();
    };
    try {
      return write(chunk as string, onWritten);
    } catch (error) {
      onWritten(error as Error);
      return true;
    }
  };
  Object.assign(stream, { write: guarded });
  return {
    get failure() {
      return failure;
    },
    get unread() {
      return unread;
    },
    flushed: () => new Promise((resolve) => guarded('', () => resolve())),
  };
}

/** Whether a reader went away or its terminal was closed; otherwise what was written is lost to somebody who waits. */
export function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

/** Waiting writers of each stream: one listener does for all of them. */
const draining = new WeakMap<Output, Promise<void>>();

/** Where a slow reader hasn't taken what was written: what resolves when it has, so that nothing piles up in memory. */
export function drained(stream: Output): Promise<void> | undefined {
  if (!stream.writableNeedDrain) return undefined;
  const waiting =
    draining.get(stream) ??
    new Promise<void>((resolve) => {
      stream.once('drain', () => {
        draining.delete(stream);
        resolve();
      });
    });
  draining.set(stream, waiting);
  return waiting;
}
