import type { Command } from 'commander';
import { topologyOf } from '../lib/config/topology.ts';
import { AppError, EXIT, type ExitCode } from '../lib/model/errors.ts';
import type { TargetIdentity } from '../lib/model/target.ts';
import { findSubscribers } from '../lib/model/topology.ts';
import type { CandidateMessage } from '../lib/ops/doctor/candidate-message.ts';
import type { Diagnosis } from '../lib/ops/doctor/diagnose.ts';
import type { Place } from '../lib/topology/inspect.ts';
import { renderAdvice, renderDiagnosis, type ShownDiagnosis } from '../lib/ui/doctor.ts';
import { commandLine } from './again.ts';
import { addExamples, type CommandContext, type Runner } from './command.ts';
import { connect } from './connect.ts';
import { fixLine } from './doctor-fix.ts';
import { mend } from './doctor-mend.ts';
import { type MessageFlags, readMissing } from './doctor-message.ts';
import { reading } from './reading.ts';

interface DoctorFlags extends MessageFlags {
  readonly fix?: boolean;
}

/** `pubsub doctor [subscriber]` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub doctor',
      'pubsub doctor email',
      'pubsub doctor email --event-type order.updated',
      `pubsub doctor email --event '{"order_id":7,"status":"shipped"}'`,
      'pubsub doctor --fix',
      'pubsub doctor --json',
    ],
    'pubsub setup',
  )
    .argument('[subscriber]', 'email, inventory, analytics, or all (default)')
    .option('--event-type <type>', 'the event that did not arrive: its type')
    .option('--event <json>', 'the event that did not arrive: its fields')
    .option('--message <file|json>', 'the message that did not arrive, with its attributes')
    .option('--fix', 'make the changes that bring back what the topology says')
    .addHelpText(
      'after',
      'Reads only, unless --fix is given. Exit code 3 when a check fails,\n4 when none does but you may not look at everything.\n',
    )
    .action((subscriber: string | undefined, flags: DoctorFlags) =>
      run(command, (context) => doctor(command, context, subscriber, flags)),
    );
}

async function doctor(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: DoctorFlags,
): Promise<ExitCode> {
  const { settings } = context;
  const whole = topologyOf(settings);
  const topology = { ...whole, subscribers: findSubscribers(whole, word ?? 'all') };
  const missing = await readMissing(context, flags);
  const again = commandLine(command, word === undefined ? 'doctor' : `doctor ${word}`);
  let place: Place | undefined;
  try {
    place = { ...(await reading(context, undefined, () => connect(context))), topology };
    const found = await look(context, place, missing);
    const shown = shownOf(command, context, place.identity, found);
    if (!flags.fix) return conclude(context, shown, again);
    show(context, shown);
    const changes = await mend(command, context, place, found);
    if (changes.length === 0) return conclude(context, shown, again, { fixed: [], brief: true });
    const after = await look(context, place, missing);
    return conclude(context, shownOf(command, context, place.identity, after), again, {
      fixed: changes.map(({ action, type, name }) => ({ action, type, name })),
      brief: true,
    });
  } catch (error) {
    if (!(error instanceof AppError) || place !== undefined) throw error;
    const { unreachable } = await import('../lib/ops/doctor/unreachable.ts');
    const found = unreachable(error, settings.target.kind);
    if (found === undefined) throw error;
    return conclude(context, shownOf(command, context, undefined, found), again);
  }
}

async function look(
  context: CommandContext,
  place: Place,
  missing: CandidateMessage | undefined,
): Promise<Diagnosis> {
  const { diagnose } = await import('../lib/ops/doctor/diagnose.ts');
  const { stateDir } = context.settings;
  return reading(context, 'Looking at each hop', () => diagnose({ place, stateDir, missing }));
}

type Shown = ShownDiagnosis & { readonly ok: boolean };

/** A diagnosis as it is printed: fixes as command lines. */
function shownOf(
  command: Command,
  context: CommandContext,
  identity: TargetIdentity | undefined,
  { ok, checks, skipped }: Diagnosis,
): Shown {
  return {
    ok,
    checks: checks.map(({ fix, id, subject, verdict, evidence }) => ({
      id,
      subject,
      verdict,
      evidence,
      fix: fix === undefined ? null : fixLine(command, context, identity, fix),
    })),
    skipped,
  };
}

function show({ printer }: CommandContext, shown: ShownDiagnosis): void {
  for (const line of renderDiagnosis(shown, printer.columns, printer.style)) printer.text(line);
  printer.text('');
}

/** Prints the document, and in words the checks (only what is left, when `brief`) and what to do. */
function conclude(
  context: CommandContext,
  shown: Shown,
  again: string,
  { fixed, brief = false }: { readonly fixed?: readonly object[]; readonly brief?: boolean } = {},
): ExitCode {
  const { printer } = context;
  printer.document({ ...shown, ...(fixed ? { fixed } : {}) });
  const left = shown.checks.filter(({ verdict }) => verdict !== 'ok');
  if (!brief) show(context, shown);
  else if ((fixed ?? []).length > 0 && left.length > 0)
    show(context, { checks: left, skipped: [] });
  for (const line of renderAdvice(shown.checks, again)) printer.text(line);
  if (shown.ok) return EXIT.done;
  return shown.checks.some(({ verdict }) => verdict === 'fail') ? EXIT.drift : EXIT.denied;
}
