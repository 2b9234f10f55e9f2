import type { HandlerContext } from '../lib/consume/consumed.ts';
import type { PubsubEvent } from '../lib/events/library-event.ts';
import { deferred } from './deferred.ts';

/** A handler of events of whatever type. */
export type AnyHandler = (event: PubsubEvent, context: HandlerContext) => unknown;

/** The handlers of one subscriber, by event type. */
export interface Handlers {
  /** @param type an event type, or `*` for all that have no handler of their own. */
  set(type: string, handler: AnyHandler): void;
  /** Handles an event. @throws what its handler throws, or where it has none. */
  handle: AnyHandler;
  /** Aborts the signals of those that run, which counts as failed; no more are begun. */
  abort(): void;
}

export function createHandlers(): Handlers {
  const handlers = new Map<string, AnyHandler>();
  /** Ends of the handlers that run. */
  const running = new Set<() => void>();
  const aborted = new Error('The subscriber was stopped.');
  let isAborted = false;
  return {
    set: (type, handler) => void handlers.set(type, handler),
    handle(event, context) {
      const handler = handlers.get(event.event_type) ?? handlers.get('*');
      if (!handler) throw new Error(`There is no handler for "${event.event_type}".`);
      if (isAborted) throw aborted;
      const { signal } = context;
      const controller = new AbortController();
      signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
      const result = handler(event, { ...context, signal: controller.signal });
      if (!(result instanceof Promise)) return result;
      const { promise, resolve, reject } = deferred<unknown>();
      const abort = (): void => {
        controller.abort(aborted);
        reject(aborted);
      };
      running.add(abort);
      void result.then(resolve, reject).finally(() => running.delete(abort));
      return promise;
    },
    abort() {
      isAborted = true;
      for (const each of running) each();
    },
  };
}
