import type { SubscriberStatus } from './status.ts';

/** Messages from which on a queue seems to have no reader where nobody tells who reads. */
const MANY_WAITING = 10;

/** Queues in which messages wait while nobody seems to receive them, the fullest first. */
export function unreadQueues(subscribers: readonly SubscriberStatus[]): SubscriberStatus[] {
  return subscribers
    .filter(({ depth, inFlight, consumers, functions }) => {
      if (depth === null || depth === 0 || functions?.length) return false;
      return consumers === null ? inFlight === 0 && depth >= MANY_WAITING : consumers === 0;
    })
    .sort((a, b) => (b.depth ?? 0) - (a.depth ?? 0));
}

/** A subscriber whose queue a function and other readers take from: each message goes to one of them. */
export interface SharedQueue {
  readonly subscriber: string;
  readonly functions: readonly string[];
  /** How many. */
  readonly readers: number;
}

/** Queues that functions share with others. An engine counts what receives for a function among the consumers. */
export function sharedQueues(subscribers: readonly SubscriberStatus[]): SharedQueue[] {
  return subscribers.flatMap(({ name, consumers, functions }) => {
    if (!functions?.length || consumers === null || consumers <= functions.length) return [];
    return [{ subscriber: name, functions, readers: consumers - functions.length }];
  });
}
