import { setTimeout as sleep } from 'node:timers/promises';
import { HANDLER_GONE, type HandlerContext } from '../model/consumed.ts';
import { AppError } from '../model/errors.ts';
import type { OrderEvent } from '../model/order-event.ts';

/**
 * Reacts to one event. Returning means handled: the message is deleted. Throwing means failed: it is not, and the
 * error's message is the reason. At its time limit `signal` is aborted; it should end soon after that.
 */
export type Handler<E = OrderEvent> = (
  event: E,
  context: HandlerContext,
) => Promise<unknown> | unknown;

/** How a handler's run ended. */
export type HandlerEnd =
  | { readonly outcome: 'handled' }
  | {
      readonly outcome: 'failed' | 'timeout';
      readonly reason: string;
      /** Set where no handler can run any more. */
      readonly fatal?: AppError;
    };

/** Milliseconds that a handler has to end in when its time is over, before it is given up. */
const GRACE = 5000;

/**
 * Runs a handler within a time limit.
 * @param seconds of the limit, above 0. @returns how it ended; never throws.
 */
export async function runHandler<E>(
  handler: Handler<E>,
  event: E,
  facts: Omit<HandlerContext, 'signal'>,
  seconds: number,
): Promise<HandlerEnd> {
  const controller = new AbortController();
  try {
    const result = handler(event, { ...facts, signal: controller.signal });
    if (!isPromise(result)) return { outcome: 'handled' };
    const ended = Promise.resolve(result).then(
      (): HandlerEnd => ({ outcome: 'handled' }),
      (error: unknown) => failure(error),
    );
    return await within(ended, controller, seconds);
  } catch (error) {
    return failure(error);
  }
}

async function within(
  ended: Promise<HandlerEnd>,
  controller: AbortController,
  seconds: number,
): Promise<HandlerEnd> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  const first = await Promise.race([ended, limit]);
  clearTimeout(timer);
  if (first !== undefined) return first;
  controller.abort(new Error(`The time limit of ${seconds} s is over.`));
  // Whoever gets the message next should not meet the one who has it now.
  const giveUp = new AbortController();
  const last = await Promise.race([
    ended,
    sleep(GRACE, undefined, { signal: giveUp.signal }).catch(() => undefined),
  ]);
  giveUp.abort();
  const fatal = last !== undefined && last.outcome !== 'handled' ? last.fatal : undefined;
  const reason = `not done within ${Number(seconds.toFixed(1))} s`;
  return { outcome: 'timeout', reason, ...(fatal === undefined ? {} : { fatal }) };
}

function failure(error: unknown): HandlerEnd {
  const reason = error instanceof Error ? error.message : String(error);
  const gone = error instanceof AppError && error.code === HANDLER_GONE;
  return { outcome: 'failed', reason, ...(gone ? { fatal: error } : {}) };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
