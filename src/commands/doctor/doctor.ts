import type { Command } from 'commander';
import { findSubscribers } from '../../lib/definition/find.ts';
import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import { AppError, type ExitCode } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { addResourceOptions, type ResourceFlags, topologyOnTarget } from '../topology.ts';
import { openTransport } from '../transport.ts';
import { fixedOf, type Looked, mend } from './mend.ts';
import { type MessageFlags, readMissing } from './message.ts';
import { doctorOnBroker } from './on-broker.ts';
import { conclude, type Extras, shownOf } from './print.ts';
import { addProbe } from './probe.ts';

interface DoctorFlags extends MessageFlags, ResourceFlags {
  readonly fix?: boolean;
  readonly probe?: boolean;
}

/** `pubsub doctor [subscriber]` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub doctor',
      'pubsub doctor ledger',
      'pubsub doctor ledger --event-type payment.refunded',
      `pubsub doctor ledger --event '{"payment_id":"p7","amount":29.99}'`,
      'pubsub doctor --fix',
      'pubsub doctor --probe',
      'pubsub doctor --json',
    ],
    'pubsub setup',
  )
    .argument('[subscriber]', 'one of the topology, or all (default)')
    .option('--event-type <type>', 'the event that did not arrive: its type')
    .option('--event <json>', 'the event that did not arrive: its fields')
    .option('--message <file|json>', 'the message that did not arrive, with its attributes')
    .option('--fix', 'make the changes that bring back what the topology says')
    .option('--probe', 'time each hop with a canary that no service sees');
  addResourceOptions(command)
    .addHelpText(
      'after',
      'Reads only, unless --fix or --probe is given. Exit code 3 when a check fails,\n4 when none does but you may not look at everything.\n',
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
  const whole = await topologyOnTarget(context, flags);
  const topology = { ...whole, subscribers: findSubscribers(whole, word ?? 'all') };
  const missing = await readMissing(context, whole, flags);
  const again = commandLine(command, word === undefined ? 'doctor' : `doctor ${word}`);
  if (settings.target.kind === 'rabbitmq') {
    const { broker } = await reading(context, undefined, () => openTransport(context));
    const { fix = false, probe = false } = flags;
    const request = { topology, missing, again, fix, probe };
    if (broker) return doctorOnBroker(command, context, broker, request);
  }
  let place: Place | undefined;
  try {
    place = { ...(await reading(context, undefined, () => connect(context))), topology };
    let current = await look(context, place, missing);
    const extras: Extras = {};
    if (flags.fix) {
      const changes = await mend(command, context, place, current);
      Object.assign(extras, { fixed: fixedOf(changes) });
      if (changes !== undefined) current = await look(context, place, missing);
    }
    let { found } = current;
    if (flags.probe) {
      const probed = await addProbe(context, place, current, missing);
      ({ found } = probed);
      Object.assign(extras, { probe: probed.probe });
    }
    return conclude(context, shownOf(command, context, place.identity, found), again, extras);
  } catch (error) {
    if (!(error instanceof AppError) || place !== undefined) throw error;
    const { unreachable } = await import('../../lib/diagnose/doctor/unreachable.ts');
    const found = unreachable(error, settings.target.kind);
    if (found === undefined) throw error;
    return conclude(context, shownOf(command, context, undefined, found), again);
  }
}

async function look(
  context: CommandContext,
  place: Place,
  missing: CandidateMessage | undefined,
): Promise<Looked> {
  const { diagnose } = await import('../../lib/diagnose/doctor/diagnose.ts');
  const { stateDir } = context.settings;
  return reading(context, 'Looking at each hop', () => diagnose({ place, stateDir, missing }));
}
