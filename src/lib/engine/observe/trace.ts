import type { MessageEvent } from '../../rules/message-trace.ts';
import { MessageLog } from './message-log.ts';

/** A reader that lags this many events behind is dropped. */
export const TRACE_BUFFER = 4096;

/** Thrown into a subscriber's loop when it was too slow and has missed events. */
export class SlowReader extends Error {
  constructor() {
    super(`dropped: more than ${TRACE_BUFFER} events behind`);
    this.name = 'SlowReader';
  }
}

interface Subscriber {
  push(event: MessageEvent): void;
}

/** Keeps what happens to each message in a log, and tells it whoever listens. Emitting never waits. */
export class Trace {
  readonly #subscribers = new Set<Subscriber>();
  readonly #timestamp: (at: number) => number;
  readonly #onEvent: (event: MessageEvent) => void;
  #log: MessageLog;

  /**
   * @param timestamp gives the wall-clock time of a moment of the engine's time.
   * @param onEvent is called with every event.
   */
  constructor(
    timestamp: (at: number) => number,
    log = new MessageLog(Date.now()),
    onEvent: (event: MessageEvent) => void = () => undefined,
  ) {
    this.#timestamp = timestamp;
    this.#log = log;
    this.#onEvent = onEvent;
  }

  get log(): MessageLog {
    return this.#log;
  }

  /** Forgets what was kept; whoever listens goes on listening. @param now in the engine's time. */
  clear(now: number): void {
    this.#log = new MessageLog(this.#timestamp(now));
  }

  /** Whether anybody listens. */
  get active(): boolean {
    return this.#subscribers.size > 0;
  }

  /** @param event with its `time` in the engine's time; readers get the wall clock's. */
  emit(event: MessageEvent): void {
    this.#log.add(event, this.#timestamp);
    this.#onEvent(event);
    if (this.#subscribers.size === 0) return;
    const told = {
      ...event,
      time: this.#timestamp(event.time),
      ...('hiddenUntil' in event ? { hiddenUntil: this.#timestamp(event.hiddenUntil) } : {}),
    };
    for (const subscriber of this.#subscribers) subscriber.push(told);
  }

  /**
   * Events from now on, in order. The subscription begins with this call and ends when the loop over it does, or when
   * `signal` aborts. Throws `SlowReader` into the loop after `TRACE_BUFFER` unread events.
   */
  subscribe(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<MessageEvent> {
    const { signal } = options;
    let unread: MessageEvent[] = [];
    let next = 0;
    let wake: (() => void) | undefined;
    let failure: SlowReader | undefined;
    let over = signal?.aborted ?? false;
    const settle = () => {
      this.#subscribers.delete(subscriber);
      signal?.removeEventListener('abort', end);
      wake?.();
    };
    const end = () => {
      over = true;
      settle();
    };
    const subscriber: Subscriber = {
      push(event) {
        if (unread.length - next >= TRACE_BUFFER) {
          unread = [];
          next = 0;
          failure = new SlowReader();
          return settle();
        }
        unread.push(event);
        wake?.();
      },
    };
    if (!over) {
      this.#subscribers.add(subscriber);
      signal?.addEventListener('abort', end, { once: true });
    }
    return {
      async next() {
        for (;;) {
          const event = unread[next];
          if (event !== undefined) {
            next += 1;
            if (next === unread.length || next > TRACE_BUFFER) {
              unread = unread.slice(next);
              next = 0;
            }
            return { done: false, value: event };
          }
          if (failure !== undefined) {
            const thrown = failure;
            failure = undefined;
            over = true;
            throw thrown;
          }
          if (over) return { done: true, value: undefined };
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
      },
      async return() {
        end();
        unread = [];
        next = 0;
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
