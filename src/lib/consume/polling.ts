import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedMessage } from '../aws/received-messages.ts';
import { MAX_RECEIVE_MESSAGES } from '../rules/limits.ts';
import type { ConsumeEnd } from './consumed.ts';
import type { Receiver } from './receiver.ts';

/** Polls at once at the most: each costs a request, and ten of them bring a thousand messages a second over 100 ms. */
const MAX_POLLS = 10;
/** Milliseconds between two receives that weren't full under which messages are trickling in. */
const TRICKLE = 250;
/** Milliseconds to wait then for more to come. */
const GATHER = 100;

/** Polls at once that are of use for so many handlers at once: one more than fill all of them. */
export function pollsFor(handlers: number): number {
  return Math.min(MAX_POLLS, Math.ceil(handlers / MAX_RECEIVE_MESSAGES) + 1);
}

export interface PollingOptions {
  readonly receiver: Receiver;
  /** Aborted to receive nothing more. */
  readonly signal: AbortSignal;
  /** Polls at once at the most, from 1. */
  readonly most: number;
  /**
   * Messages to ask for now, at most 10; 0 where another poll isn't worth it.
   * @param asked what the polls under way may bring.
   */
  readonly room: (asked: number) => number;
  /** Seconds that the next poll waits. */
  readonly waitSeconds: () => number;
  /** Takes what came; never called with nothing. */
  readonly onMessages: (messages: readonly ReceivedMessage[]) => void;
  /** Whether there is a reason to receive nothing more; asked again after each poll. */
  readonly end: () => ConsumeEnd | undefined;
  /** Told what a poll failed with for good. MUST make `end` give a reason from then on. */
  readonly onFailed: (error: unknown) => void;
}

/** Receives from one queue with as many long polls at once as are of use. */
export interface Polling {
  /** Resolves with the reason to end once the last poll has ended. */
  run(): Promise<ConsumeEnd>;
  /** Tells that there may be room again, or a reason to end. */
  wake(): void;
}

/**
 * Creates the polling of one queue. Polls become more while each brings all that it asked for: then more is waiting in
 * the queue. One that brings less ends that: a single one goes on, since requests cost money, also those that wait for
 * nothing.
 */
export function createPolling(options: PollingOptions): Polling {
  const polls = new Set<Promise<void>>();
  let wanted = 1;
  /** Messages that the polls under way may bring. */
  let asked = 0;
  /** When messages last came, on `performance.now()`'s clock. */
  let receivedAt = Number.NEGATIVE_INFINITY;
  let gathering: Promise<void> | undefined;
  let wake: () => void = () => {};

  const noteReceive = (room: number, received: number): void => {
    wanted = received < room ? 1 : Math.min(wanted + 1, options.most);
    if (received === 0) return;
    const now = performance.now();
    const trickles = received < room && now - receivedAt <= TRICKLE;
    receivedAt = now;
    // So that the next receive brings several: a long poll ends with the first message. The first ones after a silence
    // are never held up.
    if (trickles) {
      gathering ??= sleep(GATHER, undefined, { signal: options.signal })
        .catch(() => {})
        .finally(() => {
          gathering = undefined;
          wake();
        });
    }
  };

  const poll = async (room: number): Promise<void> => {
    try {
      const messages = await options.receiver.receive(room, options.waitSeconds());
      asked -= room;
      noteReceive(room, messages.length);
      if (messages.length > 0) options.onMessages(messages);
    } catch (error) {
      asked -= room;
      options.onFailed(error);
    }
  };

  const begin = (room: number): void => {
    asked += room;
    const begun = poll(room).finally(() => {
      polls.delete(begun);
      wake();
    });
    polls.add(begun);
  };

  const beginAll = (): void => {
    while (polls.size < wanted && gathering === undefined) {
      const room = options.room(asked);
      if (room < 1) return;
      begin(room);
    }
  };

  return {
    async run() {
      for (;;) {
        const end = options.end();
        if (end === undefined) beginAll();
        else if (polls.size === 0) return end;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    wake: () => wake(),
  };
}
