import type { AppError } from '../../rules/errors.ts';
import { actedOn } from '../acted-on.ts';
import type { ActionResult } from '../api/queues.ts';
import type { Dashboard } from '../dashboard.ts';
import type { Meant } from './selection.ts';

/** What an action would do. */
export function planned(
  dashboard: Dashboard,
  command: string,
  { count, held }: Pick<Meant, 'count' | 'held'>,
  words: string,
): ActionResult {
  const none = { done: 0, failures: [] };
  return { dryRun: true, command, ...actedOn(dashboard), count, held, ...none, words };
}

/** What an action did. @param result.fatal what ended it early */
export function done(
  dashboard: Dashboard,
  command: string,
  {
    fatal,
    words,
    ...result
  }: Pick<ActionResult, 'count' | 'done' | 'failures' | 'words'> & { fatal?: AppError | undefined },
): ActionResult {
  const all = fatal === undefined ? words : `${words} Then: ${fatal.message}`;
  return { dryRun: false, command, ...actedOn(dashboard), held: 0, ...result, words: all };
}
