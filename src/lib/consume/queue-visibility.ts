import type { MessageQueue } from '../aws/message-queue.ts';

/** A queue's visibility timeout where it can't be read, in seconds (`CreateQueue`'s default). */
export const DEFAULT_VISIBILITY = 30;

/** The visibility timeout of one queue, read when it first matters. */
export interface QueueVisibility {
  /** Seconds; undefined until they were read. */
  readonly seconds: number | undefined;
  /** Reads it, once. @returns seconds; the default where it can't be read. */
  read(): Promise<number>;
}

/** Creates the reader of a queue's visibility timeout; nothing is read until it is asked for. */
export function readWhenNeeded(queue: MessageQueue): QueueVisibility {
  let known: number | undefined;
  let reading: Promise<number> | undefined;
  return {
    get seconds() {
      return known;
    },
    read() {
      reading ??= queue.visibilityTimeout().then((seconds) => {
        known = seconds;
        reading = seconds === undefined ? undefined : reading;
        return seconds ?? DEFAULT_VISIBILITY;
      });
      return reading;
    },
  };
}
