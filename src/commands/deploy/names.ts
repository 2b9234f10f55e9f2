import type { Command } from 'commander';
import type { StackPlan } from '../../lib/deploy/plan-stack.ts';
import type { TakenName } from '../../lib/deploy/taken-names.ts';
import type { Deployment } from '../../lib/deploy/template.ts';
import type { NameWait } from '../../lib/deploy/wait-for-names.ts';
import { AppError } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { renderNameWait } from '../../lib/ui/plan.ts';
import { resourceWord } from '../../lib/ui/stack.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { nameWaitLines, sayNoWaits } from '../name-wait.ts';
import { reading } from '../reading.ts';
import { stackDeletion } from '../stack-owner.ts';

/** Names that an error says before it counts. */
const MOST_NAMES = 3;

/**
 * Looks whether something has a name already that a plan creates: CloudFormation takes over nothing.
 * @returns the names of the queues that it creates. @throws AppError `NameTaken`
 */
export async function freeNames(
  command: Command,
  context: CommandContext,
  place: Place,
  deployment: Pick<Deployment, 'template'>,
  { changes }: StackPlan,
): Promise<string[]> {
  const { takenNames, namesToCreate } = await import('../../lib/deploy/taken-names.ts');
  const taken = await reading(context, 'Looking whether the names are free', () =>
    takenNames(place, deployment, changes),
  );
  if (taken.length === 0) return namesToCreate(deployment, changes, 'AWS::SQS::Queue');
  const shown = taken.slice(0, MOST_NAMES).map(({ type, name }) => `${resourceWord(type)} ${name}`);
  const more = taken.length - shown.length;
  const names = [...shown, ...(more > 0 ? [`${more} more`] : [])];
  const removals = taken.flatMap((each) => removalOf(command, context, place, each) ?? []);
  const lines = [...new Set(removals)];
  const advice = lines.length > 0 ? `Delete what is there with: ${lines.join(', then: ')}. ` : '';
  throw new AppError({
    code: 'NameTaken',
    message: `A stack takes over nothing, and there is already ${listed(names)}. Nothing was changed.`,
    hint: `${advice}${advice === '' ? 'Use' : 'To keep both, use'} a prefix: --prefix dev`,
  });
}

function listed(names: readonly string[]): string {
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}

/** What deletes what has a name; undefined where it is somebody else's. */
function removalOf(
  command: Command,
  context: CommandContext,
  place: Place,
  { type, stack, isOurs }: TakenName,
): string | undefined {
  if (stack !== undefined) return stackDeletion(command, context, place, stack);
  if (!isOurs) return undefined;
  return commandLine(command, type === 'AWS::CloudWatch::Alarm' ? 'alarms rm' : 'cleanup');
}

/** Waits until the names of the queues that a plan creates are free again. @throws AppError `Interrupted` */
export async function waitForQueueNames(
  context: CommandContext,
  place: Place,
  queues: readonly string[],
): Promise<void> {
  const { io, printer } = context;
  const { waitForNames } = await import('../../lib/deploy/wait-for-names.ts');
  let lines: ReturnType<typeof nameWaitLines> | undefined;
  await waitForNames(place, queues, {
    stop: io.interrupts.stop,
    onWait: ({ queues: waiting, secondsLeft }: NameWait) => {
      if (lines === undefined) sayNoWaits(context, place.identity);
      lines ??= nameWaitLines(context, printer.progress('Waiting'));
      lines(waiting, secondsLeft);
    },
  });
}

/** What a dry run says of names that aren't free yet. */
export async function noteQueueNames(
  { printer }: CommandContext,
  place: Place,
  queues: readonly string[],
): Promise<void> {
  const { readNameWait } = await import('../../lib/deploy/wait-for-names.ts');
  const wait = await readNameWait(place, queues);
  if (wait === undefined) return;
  printer.note(`Deploying now would begin with: ${renderNameWait(wait.queues, wait.secondsLeft)}`);
}
