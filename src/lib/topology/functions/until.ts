import { AppError } from '../../rules/errors.ts';
import { pause } from '../pause.ts';

/** Milliseconds between looks, the first at once; together about two minutes. */
const PAUSES_MS = [0, 50, 100, 200, 400, 800, 1600, ...Array<number>(24).fill(5_000)];

/**
 * Waits until something is so.
 * @param what is waited for, such as `table "Orders"`. @throws AppError `NotReady` after two minutes.
 */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const ms of PAUSES_MS) {
    await pause(ms, undefined);
    if (await isSo()) return;
  }
  throw new AppError({
    code: 'NotReady',
    message: `${what} is not ready after two minutes.`,
    hint: 'Run it again.',
  });
}
