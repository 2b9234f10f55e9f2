import { eventKey, keyText } from './event-keys.ts';
import { createKeySet, type KeySet } from './key-set.ts';

/**
 * Remembers which events subscribers have handled, so that what SQS delivers twice is handled once. Bounded: of each
 * subscriber at least the latest `HANDLED_WINDOW` events are known, and at most twice as many.
 */
export interface HandledEvents {
  /** @throws AppError where what it is kept in can't be read any more. */
  has(subscriber: string, eventId: string): boolean;
  /**
   * MUST be called only when the event was handled, and before its message is deleted.
   * @throws AppError where it can't be kept.
   */
  add(subscriber: string, eventId: string): void;
}

/** Events of each subscriber that are remembered at the least. */
export const HANDLED_WINDOW = 50_000;
/** Characters of an event id from which on its hash stands for it. */
const LONG_ID = 128;

/** What is remembered, with a way to list it. */
export interface RememberedEvents extends HandledEvents {
  /** Subscriber and event id (a UUID, or the hash of any other) of all that is remembered, the oldest first. */
  entries(): Generator<readonly [string, string]>;
  /** How many that are. */
  readonly size: number;
}

/**
 * Remembers in memory: until the process ends, in some 2 MB for each subscriber at the most.
 * @param window events of each subscriber, at the least.
 */
export function rememberHandledEvents(window = HANDLED_WINDOW): RememberedEvents {
  /** Two generations each: when the young one is full it becomes the old one, which is forgotten. */
  const bySubscriber = new Map<string, { old: KeySet; young: KeySet }>();
  return {
    has(subscriber, eventId) {
      const known = bySubscriber.get(subscriber);
      if (known === undefined) return false;
      const key = eventKey(eventId);
      return known.young.has(key) || known.old.has(key);
    },
    add(subscriber, eventId) {
      const known = bySubscriber.get(subscriber) ?? {
        old: createKeySet(window),
        young: createKeySet(window),
      };
      bySubscriber.set(subscriber, known);
      const key = eventKey(eventId);
      if (known.old.has(key)) return;
      known.young.add(key);
      if (known.young.size < window) return;
      const oldest = known.old;
      known.old = known.young;
      oldest.clear();
      known.young = oldest;
    },
    *entries() {
      for (const [subscriber, { old, young }] of bySubscriber) {
        for (const key of old.keys()) yield [subscriber, keyText(key)];
        for (const key of young.keys()) yield [subscriber, keyText(key)];
      }
    },
    get size() {
      let size = 0;
      for (const { old, young } of bySubscriber.values()) size += old.size + young.size;
      return size;
    },
  };
}

/** What stands for an event in a text: its id, or the hash of one that is very long. */
export function handledKey(eventId: string): string {
  return eventId.length <= LONG_ID ? eventId : keyText(eventKey(eventId));
}
