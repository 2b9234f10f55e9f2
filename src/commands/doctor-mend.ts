import type { Command } from 'commander';
import { AppError, EXIT } from '../lib/model/errors.ts';
import type { Diagnosis } from '../lib/ops/doctor/diagnose.ts';
import type { Change } from '../lib/topology/change.ts';
import type { Place } from '../lib/topology/inspect.ts';
import { pending } from '../lib/topology/plan.ts';
import { renderChanges } from '../lib/ui/plan.ts';
import { confirm } from '../lib/ui/prompts.ts';
import { commandLine } from './again.ts';
import type { CommandContext } from './command.ts';
import { reading } from './reading.ts';

/**
 * Makes the changes that are safe: those that bring back what the topology says. Shows them first, and asks on `aws`.
 * @returns what was changed; nothing where no finding has a safe fix.
 * @throws AppError when the user says no, a step is refused, or it is interrupted.
 */
export async function mend(
  command: Command,
  context: CommandContext,
  place: Place,
  found: Diagnosis,
): Promise<readonly Change[]> {
  const { io, printer } = context;
  if (!found.checks.some(({ fix }) => fix?.tool === 'pubsub' && fix.safe)) {
    printer.note('There is nothing that --fix may change.');
    return [];
  }
  const { planSetup, setUp } = await import('../lib/topology/setup.ts');
  const plan = await reading(context, 'Reading what is there', () => planSetup(place));
  const changes = pending(plan.changes);
  if (changes.length === 0) {
    printer.note('Nothing differs from the topology any more.');
    return [];
  }
  printer.text('--fix changes what differs from the topology:');
  for (const line of renderChanges(changes, printer.style)) printer.text(line);
  const { target, account, region } = place.identity;
  if (target === 'aws' && !context.yes) {
    const question = `Make ${plural(changes.length)} in account ${account} (${region})?`;
    if (!(await confirm(io, printer, question))) {
      throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
    }
  }
  const progress = printer.progress(`Making ${plural(changes.length)}`);
  try {
    const { interrupted, made } = await setUp(place, plan, { stop: io.interrupts.stop });
    if (interrupted) {
      throw new AppError({
        code: 'Interrupted',
        message: `Interrupted: ${made} of ${plural(changes.length)} made.`,
        hint: `Finish with: ${commandLine(command, 'setup')}`,
        exitCode: EXIT.interrupted,
      });
    }
    progress.done(`Made ${plural(changes.length)}; read again, and all of it shows.`);
  } catch (error) {
    progress.failed('Not all changes were made.');
    throw error;
  }
  printer.text('');
  return changes;
}

function plural(number: number): string {
  return number === 1 ? '1 change' : `${number} changes`;
}
