import { within } from '../aws/within.ts';

/** Milliseconds that one check of whether a server is ready may take. */
const CHECK_TIMEOUT_MS = 3_000;

/** Waits for a check of whether a server is ready. @throws Error where it takes more than three seconds */
export function withinCheckTime<T>(check: Promise<T>): Promise<T> {
  return within(CHECK_TIMEOUT_MS, check, () => {
    throw new Error(`no answer within ${CHECK_TIMEOUT_MS / 1000} s`);
  });
}
