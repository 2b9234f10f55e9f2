/** Characters of the log that `LogType: Tail` answers with: "the last 4 KB" (API reference, `Invoke`). */
const TAIL_BYTES = 4096;

/** The log stream of one execution environment. */
export interface LogStreamWriter {
  /** Writes a line, at the latest when the turn of the event loop ends. */
  line(text: string): void;
  /** Writes what waits. */
  flush(): void;
  /** Begins to collect for `tail`. */
  beginTail(): void;
  /** The end of what was written since `beginTail`, as base64. */
  tail(): string;
}

/** @param port takes the lines of this stream. */
export function logStreamWriter(
  port: (events: readonly (readonly [timestamp: number, message: string])[]) => void,
  timestamp: () => number,
): LogStreamWriter {
  let waiting: [number, string][] = [];
  let collected = '';
  const flush = (): void => {
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    port(events);
  };
  return {
    line(text) {
      if (text === '') return;
      // Runtimes keep the lines of one message together by carriage returns.
      const message = `${text.replaceAll('\r', '\n')}\n`;
      if (waiting.length === 0) setImmediate(flush);
      waiting.push([timestamp(), message]);
      collected = (collected + message).slice(-TAIL_BYTES);
    },
    flush,
    beginTail() {
      collected = '';
    },
    tail: () => Buffer.from(collected).subarray(-TAIL_BYTES).toString('base64'),
  };
}

/** Name of an environment's stream. @param at milliseconds since the epoch. @param id 32 hexadecimal digits. */
export function logStreamName(at: number, version: string, id: string): string {
  const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${id}`;
}
