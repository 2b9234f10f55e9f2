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
import { type MessageFlags, readMissing } from './doctor-message.ts';
import { reading } from './reading.ts';

/** `pubsub doctor [subscriber]` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub doctor',
      'pubsub doctor email',
      'pubsub doctor email --event-type order.updated',
      `pubsub doctor email --event '{"order_id":7,"status":"shipped"}'`,
      'pubsub doctor --json',
    ],
    'pubsub setup',
  )
    .argument('[subscriber]', 'email, inventory, analytics, or all (default)')
    .option('--event-type <type>', 'the event that did not arrive: its type')
    .option('--event <json>', 'the event that did not arrive: its fields')
    .option('--message <file|json>', 'the message that did not arrive, with its attributes')
    .addHelpText('after', 'Reads only. Exit code 3 when a check fails.\n')
    .action((subscriber: string | undefined, flags: MessageFlags) =>
      run(command, (context) => doctor(command, context, subscriber, flags)),
    );
}

async function doctor(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: MessageFlags,
): Promise<ExitCode> {
  const { settings } = context;
  const whole = topologyOf(settings);
  const topology = { ...whole, subscribers: findSubscribers(whole, word ?? 'all') };
  const missing = await readMissing(context, flags);
  try {
    const place = { ...(await reading(context, undefined, () => connect(context))), topology };
    const found = await look(context, place, missing);
    show(command, context, place.identity, word, found);
    return found.ok ? EXIT.done : EXIT.drift;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { unreachable } = await import('../lib/ops/doctor/unreachable.ts');
    const found = unreachable(error, settings.target.kind);
    if (found === undefined) throw error;
    show(command, context, undefined, word, found);
    return EXIT.drift;
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

function show(
  command: Command,
  context: CommandContext,
  identity: TargetIdentity | undefined,
  word: string | undefined,
  found: Diagnosis,
): void {
  const { printer } = context;
  const shown: ShownDiagnosis = {
    checks: found.checks.map(({ fix, id, subject, verdict, evidence }) => ({
      id,
      subject,
      verdict,
      evidence,
      fix: fix === undefined ? null : fixLine(command, context, identity, fix),
    })),
    skipped: found.skipped,
  };
  printer.document({ ok: found.ok, ...shown });
  for (const line of renderDiagnosis(shown, printer.columns, printer.style)) printer.text(line);
  printer.text('');
  const again = commandLine(command, word === undefined ? 'doctor' : `doctor ${word}`);
  for (const line of renderAdvice(shown.checks, again)) printer.text(line);
}
