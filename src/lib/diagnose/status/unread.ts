import type { SubscriberStatus } from './status.ts';

/** Messages from which on a queue seems to have no reader where nobody tells who reads. */
const MANY_WAITING = 10;

/** Queues in which messages wait while nobody seems to receive them, the fullest first. */
export function unreadQueues(subscribers: readonly SubscriberStatus[]): SubscriberStatus[] {
  return subscribers
    .filter(({ depth, inFlight, consumers }) => {
      if (depth === null || depth === 0) return false;
      return consumers === null ? inFlight === 0 && depth >= MANY_WAITING : consumers === 0;
    })
    .sort((a, b) => (b.depth ?? 0) - (a.depth ?? 0));
}
