import type { EventMessage } from '../events/message.ts';
import { AppError } from '../rules/errors.ts';
import { HANDLER_GONE, type HandlerContext, INVALID_EVENT } from './consumed.ts';
import { thrownCode, thrownReason } from './thrown-reason.ts';

/**
 * Reacts to one event. Returning means handled: the message is deleted. Throwing means failed: it is not, and the
 * error's message is the reason; with the code `InvalidEvent` it means that the message is not what it handles. At its
 * time limit `signal` is aborted; it should end soon after that.
 */
export type Handler<E = EventMessage> = (
  event: E,
  context: HandlerContext,
) => Promise<unknown> | unknown;

/** How a handler's run ended. */
export type HandlerEnd =
  | { readonly outcome: 'handled'; readonly result?: unknown }
  | {
      readonly outcome: 'failed' | 'invalid' | 'timeout';
      readonly reason: string;
      /** Set where no handler can run any more. */
      readonly fatal?: AppError;
    };

/** Milliseconds that a handler has to end in when its time is over, before it is given up. */
const GRACE = 5000;

/** The end of a handler's time, made a signal only where somebody looks at it: most handlers never do. */
class TimeLimit {
  private controller: AbortController | undefined;
  private over: Error | undefined;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.over !== undefined) this.controller.abort(this.over);
    return this.controller.signal;
  }

  end(seconds: number): void {
    this.over = new Error(`The time limit of ${seconds} s is over.`);
    this.controller?.abort(this.over);
  }
}

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
  const limit = new TimeLimit();
  const context = {
    ...facts,
    get signal() {
      return limit.signal;
    },
  };
  try {
    const result = handler(event, context);
    if (!isPromise(result)) return { outcome: 'handled', result };
    const ended = Promise.resolve(result).then(
      (value): HandlerEnd => ({ outcome: 'handled', result: value }),
      (error: unknown) => failure(error),
    );
    return (await within(ended, seconds * 1000)) ?? (await timedOut(ended, limit, seconds));
  } catch (error) {
    return failure(error);
  }
}

/** What it ends with, or nothing where that takes longer. @param ms milliseconds. */
function within<T>(ended: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    void ended.then((end) => {
      clearTimeout(timer);
      resolve(end);
    });
  });
}

async function timedOut(
  ended: Promise<HandlerEnd>,
  limit: TimeLimit,
  seconds: number,
): Promise<HandlerEnd> {
  limit.end(seconds);
  // Whoever gets the message next should not meet the one who has it now.
  const last = await within(ended, GRACE);
  const fatal = last !== undefined && last.outcome !== 'handled' ? last.fatal : undefined;
  const reason = `not done within ${Number(seconds.toFixed(1))} s`;
  return { outcome: 'timeout', reason, ...(fatal === undefined ? {} : { fatal }) };
}

function failure(error: unknown): HandlerEnd {
  const reason = thrownReason(error);
  const code = thrownCode(error);
  if (code === INVALID_EVENT) return { outcome: 'invalid', reason };
  const gone = code === HANDLER_GONE && error instanceof AppError;
  return { outcome: 'failed', reason, ...(gone ? { fatal: error } : {}) };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
