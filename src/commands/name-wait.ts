import type { AnyIdentity } from '../lib/config/target.ts';
import { renderNameWait } from '../lib/ui/plan.ts';
import type { Progress } from '../lib/ui/progress.ts';
import type { CommandContext } from './command.ts';

/** Seconds between two lines of a countdown that no spinner shows. */
const LINE_SECONDS = 10;

/** Says how to do without the wait for names of deleted queues, which the local engine has from AWS. */
export function sayNoWaits({ printer }: CommandContext, { target }: AnyIdentity): void {
  if (target !== 'local') return;
  printer.note(
    'The local engine waits as AWS does. To go without: pubsub local stop, then pubsub local start --no-waits',
  );
}

/** Shows a wait for the names of queues: beside a spinner, or off a terminal as a line every ten seconds. */
export function nameWaitLines(
  { printer }: CommandContext,
  progress: Progress,
): (queues: readonly string[], secondsLeft: number) => void {
  let saidAt = Number.POSITIVE_INFINITY;
  return (queues, secondsLeft) => {
    const line = renderNameWait(queues, secondsLeft);
    progress.update(line);
    if (printer.animated || secondsLeft > saidAt - LINE_SECONDS) return;
    saidAt = secondsLeft;
    printer.note(line);
  };
}
