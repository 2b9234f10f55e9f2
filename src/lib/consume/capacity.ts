import { MAX_RECEIVE_MESSAGES } from '../rules/limits.ts';

/**
 * Decides how many messages to receive, from how fast handlers turn out to be. Fast ones get messages ahead, so that
 * receives are full; slow ones don't: a message that waits behind them would become visible to others before its turn,
 * and each such receive counts towards the dead-letter queue.
 */
export interface Capacity {
  /** Whether it is worth a receive now. @param inHand messages received and not done with. */
  enough(inHand: number): boolean;
  /** Messages to ask for, at most 10. */
  room(inHand: number): number;
  /** Takes note of how long a handler took, in milliseconds. */
  took(ms: number): void;
}

/** Share of the visibility timeout that waiting and handling together may take. */
const SAFE_SHARE = 0.5;
/** Weight of the latest handler in the running average; a slower one than the average counts at once. */
const WEIGHT = 0.2;

/**
 * @param concurrency handlers at once, from 1.
 * @param visibilitySeconds how long a received message stays hidden, as far as it is known by now.
 */
export function createCapacity(concurrency: number, visibilitySeconds: () => number): Capacity {
  let typical: number | undefined;
  /** Messages that may wait for a handler. */
  const ahead = (): number => {
    if (typical === undefined) return 0;
    const turns = Math.floor((visibilitySeconds() * 1000 * SAFE_SHARE) / Math.max(typical, 1));
    return Math.min(MAX_RECEIVE_MESSAGES, concurrency * Math.max(0, turns - 1));
  };
  const room = (inHand: number): number =>
    Math.min(MAX_RECEIVE_MESSAGES, concurrency + ahead() - inHand);
  return {
    room,
    enough: (inHand) => room(inHand) >= Math.max(1, Math.min(MAX_RECEIVE_MESSAGES, ahead())),
    took(ms) {
      typical = typical === undefined ? ms : Math.max(ms, typical * (1 - WEIGHT) + ms * WEIGHT);
    },
  };
}
