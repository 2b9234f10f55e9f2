import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { CleanupResult } from '../../lib/topology/cleanup.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import type { Remain } from '../../lib/topology/remain.ts';
import type { Remains } from '../../lib/topology/remains.ts';
import type { CleanUpOptions } from '../../lib/transport/transport.ts';
import { heldWords, renderChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { accountWords } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { reading } from '../reading.ts';
import { noteStacks } from '../stack-owner.ts';
import { topologyOnTarget } from '../topology.ts';
import { openTransport } from '../transport.ts';

interface CleanupFlags {
  readonly dryRun?: boolean;
  readonly includeUntagged?: boolean;
}

/** `pubsub cleanup` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub cleanup',
      'pubsub cleanup --dry-run',
      'pubsub cleanup --yes',
      'pubsub cleanup --include-untagged',
    ],
    'pubsub setup',
  )
    .option('-n, --dry-run', 'show what would be deleted and delete nothing')
    .option('--include-untagged', 'also delete what has our names but not our tags')
    .action((flags: CleanupFlags) => run(command, (context) => cleanup(command, context, flags)));
}

async function cleanup(
  command: Command,
  context: CommandContext,
  { dryRun = false, includeUntagged = false }: CleanupFlags,
): Promise<ExitCode> {
  const { io, printer } = context;
  const topology = await topologyOnTarget(context);
  assertManaged(topology, 'cleanup');
  const transport = await reading(context, undefined, () => openTransport(context));
  const remains = await reading(context, 'Reading what is there', () =>
    transport.findRemains(topology, { includeUntagged }),
  );
  show(context, remains);
  const place = transport.aws && { ...transport.aws, topology };
  if (place) noteStacks(command, context, place, remains.foreign);
  const alarms = place ? await noteAlarms(command, context, place) : [];
  if (remains.ours.length === 0) {
    const left = remains.foreign.some(({ stack }) => stack === undefined);
    printer.text(left ? 'Nothing of ours is there.' : 'Nothing to clean up.');
    print(context, { deleted: [], remains, verified: true }, { dryRun, alarms });
    return EXIT.done;
  }
  if (dryRun) {
    printer.text(`Dry run: ${remains.ours.length} to delete. Nothing was changed.`);
    print(context, { deleted: [], remains, verified: false }, { dryRun, alarms });
    return EXIT.done;
  }
  if (!context.yes) {
    const where = `${transport.identity.target}, ${accountWords(transport.identity)}`;
    const full = remains.ours.filter(({ type, messages = 0 }) => type === 'table' && messages > 0);
    const names = full.map(({ name }) => name).join(', ');
    const data = full.length > 0 ? `, and all items of ${names}` : '';
    if (!(await confirm(io, printer, `Delete these ${remains.ours.length}${data} (${where})?`))) {
      throw new AppError({ code: 'Declined', message: 'Nothing was deleted.' });
    }
  }
  const clean = (options: Omit<CleanUpOptions, 'includeUntagged'>): Promise<CleanupResult> =>
    transport.cleanUp(topology, remains, { includeUntagged, ...options });
  const result = await carryOut(command, context, remains.ours.length, { clean, includeUntagged });
  print(context, result, { dryRun, alarms });
  return result.verified ? EXIT.done : EXIT.failed;
}

/** Says which alarms stay, and what deletes them. @returns their names; none where they may not or can't be read. */
async function noteAlarms(
  command: Command,
  { printer }: CommandContext,
  place: Place,
): Promise<string[]> {
  const { existingAlarms } = await import('../../lib/topology/alarms/plan.ts');
  const found = await existingAlarms(place).catch((error: unknown) => {
    if (error instanceof AppError) return [];
    throw error;
  });
  const names = found.filter(({ ours }) => ours).map(({ name }) => name);
  if (names.length > 0) {
    const what = names.length === 1 ? '1 alarm stays' : `${names.length} alarms stay`;
    printer.note(`${what}. Delete them with: ${commandLine(command, 'alarms rm')}`);
  }
  return names;
}

async function carryOut(
  command: Command,
  { io, printer }: CommandContext,
  total: number,
  work: {
    readonly includeUntagged: boolean;
    clean(options: Omit<CleanUpOptions, 'includeUntagged'>): Promise<CleanupResult>;
  },
): Promise<CleanupResult> {
  const { includeUntagged, clean } = work;
  const again = commandLine(command, includeUntagged ? 'cleanup --include-untagged' : 'cleanup');
  const progress = printer.progress(`Deleting ${total}`);
  let deleted = 0;
  let result: CleanupResult;
  try {
    result = await clean({
      stop: io.interrupts.stop,
      onEvent: (event) => {
        if (event.kind === 'deleted') {
          deleted += 1;
          progress.update(`${deleted}/${total} ${event.resource.type} ${event.resource.name}`);
        } else {
          progress.update(`Reading again: ${event.left.length} deleted but still shown`);
        }
      },
    });
  } catch (error) {
    progress.failed(`${deleted} of ${total} deleted. To go on, fix the cause and run: ${again}`);
    throw error;
  }
  const left = result.remains.ours;
  if (result.interrupted) {
    progress.clear();
    throw new AppError({
      code: 'Interrupted',
      message: `Interrupted: ${result.deleted.length} deleted, ${left.length} left.`,
      hint: `Finish with: ${again}`,
      exitCode: EXIT.interrupted,
    });
  }
  if (result.verified) {
    progress.done(`${result.deleted.length} deleted; read again, and nothing of it is left.`);
  } else {
    progress.failed(`${result.deleted.length} deleted, but ${left.length} still there:`);
    for (const { type, name } of left) printer.warn(`${type} ${name}`);
    printer.warn(`It may take another minute. Look again with: ${again}`);
  }
  return result;
}

/** The plan: what goes, with what is lost with it, and what is left because it isn't ours. */
function show({ printer }: CommandContext, { ours, foreign }: Remains): void {
  const lines = renderChanges(
    [
      ...ours.map((remain) => ({ action: 'delete' as const, ...remain, remark: remarkOn(remain) })),
      ...foreign.map((remain) => ({
        action: 'leave' as const,
        ...remain,
        remark:
          remain.stack === undefined
            ? 'left: not tagged as ours; see --include-untagged'
            : `left: stack ${remain.stack}`,
      })),
    ],
    printer.style,
  );
  for (const line of lines) printer.text(line);
}

function remarkOn({ type, messages = 0, temporary }: Remain): string {
  const lost = heldWords(type === 'table' ? 'item' : 'message', messages);
  return [...(temporary ? ['temporary'] : []), ...(lost === '' ? [] : [lost])].join(', ');
}

function print(
  { printer }: CommandContext,
  { deleted, remains, verified }: Pick<CleanupResult, 'deleted' | 'remains' | 'verified'>,
  { dryRun, alarms }: { readonly dryRun: boolean; readonly alarms: readonly string[] },
): void {
  const remaining = [
    ...remains.ours.map(({ type, name }) => ({ type, name, ours: true })),
    ...remains.foreign.map(({ type, name, stack }) => ({
      type,
      name,
      ours: false,
      ...(stack !== undefined && { stack }),
    })),
  ];
  printer.document({
    deleted,
    remaining,
    ...(alarms.length > 0 && { alarms }),
    verified,
    dryRun,
  });
}
