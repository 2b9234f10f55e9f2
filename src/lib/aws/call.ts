import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from './backoff.ts';
import { type CallTarget, isSdkError, toAppError } from './errors.ts';
import { asksToSlowDown } from './transient.ts';

/**
 * Makes one SDK call and words its failure.
 * @param what the call as a clause, such as `create queue "payments-ledger-queue"`.
 * @throws AppError; its `code` is the SDK's error name.
 */
export async function call<T>(aws: CallTarget, what: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw toAppError(error, what, aws);
  }
}

/** Like `call`, but undefined where the failure has one of these SDK error names: the thing isn't there. */
export async function callUnless<T>(
  aws: CallTarget,
  what: string,
  names: readonly string[],
  send: () => Promise<T>,
): Promise<T | undefined> {
  return call(aws, what, async () => {
    try {
      return await send();
    } catch (error) {
      if (isSdkError(error, ...names)) return undefined;
      throw error;
    }
  });
}

/** How often a call that looks at resources or changes them is made while AWS asks to slow down; the SDK tries each thrice. */
const CONTROL_CALLS = 5;
const BACKOFF = { first: 500, most: 4_000 };

/**
 * Like `call`, for what looks at resources or changes them: an account has few such calls a second, for all its users
 * together ("Amazon SNS endpoints and quotas", "Soft quotas of API actions"), so it is made again while AWS asks to slow down.
 */
export const controlCall: typeof call = (aws, what, send) => call(aws, what, patient(send));

/** Like `callUnless`, as `controlCall` is like `call`. */
export const controlCallUnless: typeof callUnless = (aws, what, names, send) =>
  callUnless(aws, what, names, patient(send));

function patient<T>(send: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (let made = 1; ; made++) {
      try {
        return await send();
      } catch (error) {
        if (made === CONTROL_CALLS || !asksToSlowDown(error)) throw error;
      }
      await sleep(backoffDelay(BACKOFF, made));
    }
  };
}
