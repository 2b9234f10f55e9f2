import { MAX_VISIBILITY_SECONDS } from '../rules/limits.ts';
import type { HandledEvents } from './handled-events.ts';
import type { HandlerEnd } from './handling.ts';

/** Seconds before the 12 h of a message are over at which its handler is stopped. */
const LAST_SECONDS = 30;

/** Sees to it that the copies of an event are handled once, and never two at a time. */
export interface HandledOnce {
  /**
   * Runs an event's handler unless the event was handled before; waits first for a copy that is being handled now,
   * since only when that goes well is this one a duplicate.
   * @throws AppError of the store of handled events: without its memory nobody knows what was handled.
   */
  run(eventId: string, handle: () => Promise<HandlerEnd>): Promise<HandlerEnd | 'duplicate'>;
}

/** @param subscriber whose events these are. @param handled what it has handled before. */
export function handleOnce(subscriber: string, handled: HandledEvents): HandledOnce {
  /** What is being handled, by event id. */
  const handling = new Map<string, Promise<unknown>>();

  const handleAndRemember = async (
    eventId: string,
    handle: () => Promise<HandlerEnd>,
  ): Promise<HandlerEnd> => {
    const end = await handle();
    if (end.outcome === 'handled') handled.add(subscriber, eventId);
    return end;
  };

  return {
    async run(eventId, handle) {
      for (let other = handling.get(eventId); other; other = handling.get(eventId)) {
        await other.catch(() => {});
      }
      if (handled.has(subscriber, eventId)) return 'duplicate';
      const running = handleAndRemember(eventId, handle);
      handling.set(eventId, running);
      try {
        return await running;
      } finally {
        handling.delete(eventId);
      }
    },
  };
}

/**
 * Seconds that a handler may take: never beyond those for which SQS keeps the message hidden at the most.
 * @param timeout seconds asked for; no bound of its own unless given.
 * @param receivedAt when its message was received, on `performance.now()`'s clock.
 */
export function handlerSeconds(timeout: number | undefined, receivedAt: number): number {
  const age = (performance.now() - receivedAt) / 1000;
  // Whole seconds: Node keeps timers of the same length in one list, and makes a list for each length.
  const left = Math.floor(MAX_VISIBILITY_SECONDS - LAST_SECONDS - age);
  return Math.min(timeout ?? MAX_VISIBILITY_SECONDS, Math.max(1, left));
}
