import type { Command } from 'commander';
import type { Topology } from '../../lib/definition/topology.ts';
import type { Diagnosis } from '../../lib/diagnose/doctor/diagnose.ts';
import type { DoctorFacts } from '../../lib/diagnose/doctor/facts.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';
import type { Change } from '../../lib/topology/change.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import { pending } from '../../lib/topology/plan.ts';
import type { BrokerAccess, MendPlan } from '../../lib/transport/transport.ts';
import { renderChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { printChecks, shownOf } from './print.ts';

/** What was looked at, and what was found. */
export interface Looked {
  readonly found: Diagnosis;
  readonly facts: DoctorFacts;
}

/**
 * Makes the changes that are safe: those that bring back what the topology says. Shows first what they mend and what they
 * are, and asks on `aws`.
 * @returns what was changed; undefined where no finding has a safe fix, and nothing was shown.
 * @throws AppError when the user says no, a step is refused, or it is interrupted.
 */
export async function mend(
  command: Command,
  context: CommandContext,
  place: Place,
  { found, facts }: Looked,
): Promise<readonly Change[] | undefined> {
  if (!showMendable(command, context, place, found)) return undefined;
  const { planSetup, setUp } = await import('../../lib/topology/setup.ts');
  const confirmed = await confirmSubscriptions(context, place, facts);
  const plan = await reading(context, READING, () => planSetup(place));
  const changed = await converge(command, context, place, {
    changes: plan.changes,
    setUp: (options) => setUp(place, plan, options),
  });
  return told(context, [...confirmed, ...changed]);
}

/** Like `mend`, on a broker: what that can't change stays as it is, and the checks that follow say so. */
export async function mendOnBroker(
  command: Command,
  context: CommandContext,
  broker: BrokerAccess,
  { topology, found }: { readonly topology: Topology; readonly found: Diagnosis },
): Promise<readonly Change[] | undefined> {
  if (!showMendable(command, context, { topology }, found)) return undefined;
  const plan = await reading(context, READING, () => broker.planMend(topology));
  return told(context, await converge(command, context, undefined, plan));
}

const READING = 'Reading what is there';

/**
 * Prints the findings that `--fix` may mend, and nothing of the others: they are said once, at the end.
 * @returns whether there are any.
 */
function showMendable(
  command: Command,
  context: CommandContext,
  { topology, identity }: Pick<Place, 'topology'> & Partial<Place>,
  found: Diagnosis,
): boolean {
  assertManaged(topology, 'doctor --fix');
  const checks = found.checks.filter(({ fix }) => fix?.tool === 'pubsub' && fix.safe);
  if (checks.length > 0) {
    const mendable = { ...found, checks, skipped: [] };
    printChecks(context, shownOf(command, context, identity, mendable));
  } else context.printer.note('There is nothing that --fix may change.');
  return checks.length > 0;
}

function told({ printer }: CommandContext, changes: readonly Change[]): readonly Change[] {
  if (changes.length === 0) printer.note('Nothing differs from the topology any more.');
  else printer.text('');
  return changes;
}

/** Changes as the document has them. */
export function fixedOf(changes: readonly Change[] = []): readonly object[] {
  return changes.map(({ action, type, name }) => ({ action, type, name }));
}

/** Confirms the subscriptions that wait for it: setup can't, it takes the token that SNS sent to the queue. */
async function confirmSubscriptions(
  context: CommandContext,
  place: Place,
  facts: DoctorFacts,
): Promise<Change[]> {
  const { confirmPending, unconfirmed } = await import('../../lib/diagnose/doctor/confirm.ts');
  const branches = unconfirmed(facts);
  if (branches.length === 0) return [];
  const changes = branches.map(
    ({ spec }): Change => ({
      action: 'update',
      type: 'subscription',
      name: spec.queue,
      differences: [{ setting: 'PendingConfirmation', from: 'true', to: 'false' }],
    }),
  );
  await agree(context, place, '--fix confirms what waits for its confirmation:', changes);
  await reading(context, 'Looking for the tokens', async () => {
    for (const branch of branches) {
      await confirmPending(place.aws, branch, context.io.interrupts.stop);
    }
  });
  context.printer.note(`Confirmed ${plural(changes.length, 'subscription')}.`);
  return changes;
}

async function converge(
  command: Command,
  context: CommandContext,
  place: Place | undefined,
  plan: MendPlan,
): Promise<readonly Change[]> {
  const { io, printer } = context;
  const changes = pending(plan.changes);
  if (changes.length === 0) return [];
  await agree(context, place, '--fix changes what differs from the topology:', changes);
  const progress = printer.progress(`Making ${plural(changes.length, 'change')}`);
  try {
    const { interrupted, made } = await plan.setUp({ stop: io.interrupts.stop });
    if (interrupted) {
      throw new AppError({
        code: 'Interrupted',
        message: `Interrupted: ${made} of ${plural(changes.length, 'change')} made.`,
        hint: `Finish with: ${commandLine(command, 'setup')}`,
        exitCode: EXIT.interrupted,
      });
    }
    progress.done(`Made ${plural(changes.length, 'change')}; read again, and all of it shows.`);
  } catch (error) {
    progress.failed('Not all changes were made.');
    throw error;
  }
  return changes;
}

/**
 * Shows changes, and asks for them on `aws`.
 * @param place undefined on a broker.
 * @throws AppError `Declined` when the user says no.
 */
async function agree(
  context: CommandContext,
  place: Place | undefined,
  heading: string,
  changes: readonly Change[],
): Promise<void> {
  const { io, printer } = context;
  printer.text(heading);
  for (const line of renderChanges(changes, printer.style)) printer.text(line);
  if (place?.identity.target !== 'aws' || context.yes) return;
  const { account, region } = place.identity;
  const question = `Make ${plural(changes.length, 'change')} in account ${account} (${region})?`;
  if (await confirm(io, printer, question)) return;
  throw new AppError({ code: 'Declined', message: 'Nothing more was changed.' });
}

function plural(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}
