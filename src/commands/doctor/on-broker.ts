import type { Command } from 'commander';
import { notOnRabbitMq } from '../../lib/config/broker.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import type { Diagnosis } from '../../lib/diagnose/doctor/diagnose.ts';
import type { ExitCode } from '../../lib/rules/errors.ts';
import type { BrokerAccess } from '../../lib/transport/transport.ts';
import type { CommandContext } from '../command.ts';
import { reading } from '../reading.ts';
import { fixedOf, mendOnBroker } from './mend.ts';
import { conclude, type Extras, shownOf } from './print.ts';

/** Looks at each hop on a broker, and with `fix` mends what a broker can change. */
export async function doctorOnBroker(
  command: Command,
  context: CommandContext,
  broker: BrokerAccess,
  request: {
    readonly topology: Topology;
    readonly missing: CandidateMessage | undefined;
    readonly again: string;
    readonly fix: boolean;
  },
): Promise<ExitCode> {
  const { topology, again, fix } = request;
  const look = (): Promise<Diagnosis> =>
    reading(context, 'Looking at each hop', () => broker.diagnose(request));
  let found = await look();
  let extras: Extras = {};
  if (fix) {
    const changes = await mendOnBroker(command, context, broker, { topology, found });
    extras = { fixed: fixedOf(changes) };
    if (changes !== undefined) found = await look();
  }
  return conclude(context, shownOf(command, context, undefined, found), again, extras);
}

/** @throws AppError `NotOnRabbitMq` (exit 2) for a flag that no broker can do. */
export function refuseOnBroker({ probe = false }: { readonly probe?: boolean }): void {
  if (probe) throw notOnRabbitMq('--probe is for SNS and SQS; a copy of what comes: pubsub tap');
}
