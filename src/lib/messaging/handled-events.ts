import { createHash } from 'node:crypto';

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
  /** Subscriber and event id (or its hash) of all that is remembered, the oldest first. */
  entries(): Generator<readonly [string, string]>;
  /** How many that are. */
  readonly size: number;
}

/** Remembers in memory: until the process ends. @param window events of each subscriber, at the least. */
export function rememberHandledEvents(window = HANDLED_WINDOW): RememberedEvents {
  /** Two generations each: when the young one is full it becomes the old one, which is forgotten. */
  const bySubscriber = new Map<string, { old: Set<string>; young: Set<string> }>();
  const has = (subscriber: string, eventId: string): boolean => {
    const known = bySubscriber.get(subscriber);
    if (known === undefined) return false;
    const key = handledKey(eventId);
    return known.young.has(key) || known.old.has(key);
  };
  return {
    has,
    add(subscriber, eventId) {
      if (has(subscriber, eventId)) return;
      const known = bySubscriber.get(subscriber) ?? { old: new Set(), young: new Set() };
      bySubscriber.set(subscriber, known);
      // A copy: the text is a part of its message's body, which would stay in memory with it.
      known.young.add(Buffer.from(handledKey(eventId)).toString());
      if (known.young.size < window) return;
      known.old = known.young;
      known.young = new Set();
    },
    *entries() {
      for (const [subscriber, { old, young }] of bySubscriber) {
        for (const key of old) yield [subscriber, key];
        for (const key of young) yield [subscriber, key];
      }
    },
    get size() {
      let size = 0;
      for (const { old, young } of bySubscriber.values()) size += old.size + young.size;
      return size;
    },
  };
}

/** What stands for an event: its id, or the hash of one that is very long. */
export function handledKey(eventId: string): string {
  if (eventId.length <= LONG_ID) return eventId;
  return `sha256:${createHash('sha256').update(eventId).digest('hex')}`;
}
