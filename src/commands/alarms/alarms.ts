import type { Command } from 'commander';
import { aws } from '../../lib/diagnose/doctor/check.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { AlarmChange } from '../../lib/topology/alarms/plan.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { assertManaged } from '../../lib/topology/ownership.ts';
import { renderChanges, summarizeChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { accountWords, targetDocument } from '../../lib/ui/target.ts';
import { addExamples, addSubcommand, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { fixLine } from '../doctor/fix.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { defineLs } from './ls.ts';
import { defineRm } from './rm.ts';

interface AlarmFlags {
  readonly notify?: string;
  readonly dryRun?: boolean;
}

/** `pubsub alarms`, `pubsub alarms ls|rm` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub alarms --dry-run',
      'pubsub alarms --notify ops-alerts',
      'pubsub alarms ls',
      'pubsub alarms rm',
    ],
    'pubsub alarms ls',
  )
    .option('--notify <topic>', 'tell this topic of alarms: its key, name or ARN')
    .option('-n, --dry-run', 'show the plan and change nothing')
    .action((flags: AlarmFlags) => run(command, (context) => alarms(command, context, flags)));
  defineLs(addSubcommand(command, 'ls', 'list them with their states'), run);
  defineRm(addSubcommand(command, 'rm', 'delete them, and verify it'), run);
}

async function alarms(
  command: Command,
  context: CommandContext,
  { notify, dryRun = false }: AlarmFlags,
): Promise<ExitCode> {
  const { printer, io } = context;
  const topology = await topologyFor(context);
  assertManaged(topology, 'alarms');
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const { planAlarms, pendingAlarms, makeAlarms } = await import(
    '../../lib/topology/alarms/plan.ts'
  );
  const creation = (name: string): string =>
    fixLine(command, context, place.identity, aws('sns', 'create-topic', '--name', name));
  const { notifiedTopic } = await import('../../lib/topology/alarms/notified-topic.ts');
  const changes = await reading(context, 'Reading what is there', async () =>
    planAlarms(
      place,
      notify === undefined ? undefined : await notifiedTopic(place, notify, creation),
    ),
  );
  const shown = changes.map((change) => ({ ...change, type: 'alarm', remark: remarkOn(change) }));
  for (const line of renderChanges(shown, printer.style)) printer.text(line);
  const open = pendingAlarms(changes);
  if (dryRun) printer.text(`Dry run: ${summarizeChanges(shown)}. Nothing was changed.`);
  if (dryRun || open.length === 0) {
    if (!dryRun) printer.note(`Nothing to change: ${changes.length} alarms.`);
    print(context, place, changes, dryRun);
    return EXIT.done;
  }
  await ask(context, place, open.length);
  const progress = printer.progress(`Making ${open.length}`);
  let done = 0;
  let interrupted: boolean;
  try {
    interrupted = await makeAlarms(place, changes, {
      stop: io.interrupts.stop,
      onDone: ({ name }) => {
        done += 1;
        progress.update(`${done}/${open.length} alarm ${name}`);
      },
    });
  } catch (error) {
    progress.failed(
      `${done} of ${open.length} made. To go on, fix the cause and run: ${commandLine(command, 'alarms')}`,
    );
    throw error;
  }
  if (interrupted) {
    progress.clear();
    throw interruptedAfter(done, open.length, commandLine(command, 'alarms'));
  }
  progress.done(`${done} made.`);
  print(context, place, changes, dryRun);
  const silent = changes.every(({ settings }) => settings.AlarmActions?.length === 0);
  if (silent) printer.note(`Nobody is told yet: ${commandLine(command, 'alarms --notify TOPIC')}`);
  printer.note(`Next: ${commandLine(command, 'alarms ls')}`);
  return EXIT.done;
}

function interruptedAfter(made: number, total: number, again: string): AppError {
  return new AppError({
    code: 'Interrupted',
    message: `Interrupted: ${made} of ${total} made.`,
    hint: `Finish with: ${again}`,
    exitCode: EXIT.interrupted,
  });
}

/** On AWS alarms cost money and tell people. */
async function ask(
  { io, printer, yes }: CommandContext,
  { identity }: Place,
  count: number,
): Promise<void> {
  if (identity.target !== 'aws' || yes) return;
  const alarmsWord = count === 1 ? '1 alarm' : `${count} alarms`;
  const question = `Make ${alarmsWord} (${accountWords(identity)})?`;
  if (await confirm(io, printer, question)) return;
  throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
}

function remarkOn({ action, says }: AlarmChange): string {
  return action === 'leave' ? "left: somebody else's, not tagged as ours" : says;
}

function print(
  { printer }: CommandContext,
  { identity, topology }: Place,
  changes: readonly AlarmChange[],
  dryRun: boolean,
): void {
  printer.document({
    ...targetDocument(identity),
    topology: topology.name,
    alarms: changes.map(({ name, says, settings }) => ({
      name,
      says,
      notifies: settings.AlarmActions ?? [],
    })),
    changes: changes.map(({ action, name, differences }) => ({
      action,
      type: 'alarm',
      name,
      differences,
    })),
    dryRun,
  });
}
