import type { Command } from 'commander';
import { notOnRabbitMq } from '../../lib/config/broker.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import type { ExitCode } from '../../lib/rules/errors.ts';
import type { BrokerAccess } from '../../lib/transport/transport.ts';
import type { CommandContext } from '../command.ts';
import { reading } from '../reading.ts';
import { conclude, shownOf } from './print.ts';

/** Looks at each hop on a broker. @throws AppError `NotOnRabbitMq` (exit 2) with `--fix` or `--probe`. */
export async function doctorOnBroker(
  command: Command,
  context: CommandContext,
  broker: BrokerAccess,
  request: {
    readonly topology: Topology;
    readonly missing: CandidateMessage | undefined;
    readonly again: string;
  },
): Promise<ExitCode> {
  const found = await reading(context, 'Looking at each hop', () => broker.diagnose(request));
  return conclude(context, shownOf(command, context, undefined, found), request.again);
}

/** @throws AppError `NotOnRabbitMq` (exit 2) for a flag that no broker can do. */
export function refuseOnBroker({
  fix = false,
  probe = false,
}: {
  readonly fix?: boolean;
  readonly probe?: boolean;
}): void {
  if (fix) throw notOnRabbitMq('--fix is for SNS and SQS; what setup brings back: pubsub setup');
  if (probe) throw notOnRabbitMq('--probe is for SNS and SQS; a copy of what comes: pubsub tap');
}
