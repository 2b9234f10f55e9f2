import { type CallTarget, isSdkError, toAppError } from './errors.ts';

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
