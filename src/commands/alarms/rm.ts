import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import { renderChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { accountWords } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { noteStacks } from '../stack-owner.ts';
import { topologyFor } from '../topology.ts';

interface RmFlags {
  readonly dryRun?: boolean;
}

/** `pubsub alarms rm` */
export function defineRm(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub alarms rm', 'pubsub alarms rm --dry-run', 'pubsub alarms rm --yes'],
    'pubsub cleanup',
  )
    .option('-n, --dry-run', 'show what would be deleted and delete nothing')
    .action((flags: RmFlags) => run(command, (context) => rm(command, context, flags)));
}

async function rm(
  command: Command,
  context: CommandContext,
  { dryRun = false }: RmFlags,
): Promise<ExitCode> {
  const { printer, io } = context;
  const topology = await topologyFor(context);
  assertManaged(topology, 'alarms rm');
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const { existingAlarms, removeAlarms } = await import('../../lib/topology/alarms/plan.ts');
  const found = await reading(context, 'Reading the alarms', () => existingAlarms(place));
  const lines = renderChanges(
    found.map(({ name, says, ours, stack }) => ({
      action: ours ? ('delete' as const) : ('leave' as const),
      type: 'alarm',
      name,
      remark: ours
        ? says
        : `left: ${stack === undefined ? 'not tagged as ours' : `stack ${stack}`}`,
    })),
    printer.style,
  );
  for (const line of lines) printer.text(line);
  noteStacks(command, context, place, found);
  const names = found.filter(({ ours }) => ours).map(({ name }) => name);
  const document = (deleted: readonly string[], remaining: readonly string[]) =>
    printer.document({ deleted, remaining, verified: remaining.length === 0, dryRun });
  if (names.length === 0 || dryRun) {
    const what = names.length === 0 ? 'Nothing to delete.' : `Dry run: ${names.length} to delete.`;
    printer.text(dryRun ? `${what} Nothing was changed.` : what);
    document([], names);
    return EXIT.done;
  }
  const where = `${place.identity.target}, ${accountWords(place.identity)}`;
  if (!context.yes && !(await confirm(io, printer, `Delete these ${names.length} (${where})?`))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was deleted.' });
  }
  const left = await reading(context, 'Deleting', () => removeAlarms(place, names));
  document(
    names.filter((name) => !left.includes(name)),
    left,
  );
  if (left.length === 0) {
    printer.text(`${names.length} deleted; read again, and nothing of it is left.`);
    return EXIT.done;
  }
  printer.text(`${left.length} are still there: ${left.join(', ')}`);
  return EXIT.failed;
}
