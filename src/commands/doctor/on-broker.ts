import type { Command } from 'commander';
import type { Topology } from '../../lib/definition/topology.ts';
import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import type { Diagnosis } from '../../lib/diagnose/doctor/diagnose.ts';
import type { ExitCode } from '../../lib/rules/errors.ts';
import type { BrokerAccess } from '../../lib/transport/transport.ts';
import type { CommandContext } from '../command.ts';
import { reading } from '../reading.ts';
import { fixedOf, mendOnBroker } from './mend.ts';
import { conclude, type Extras, shownOf } from './print.ts';
import { addBrokerProbe } from './probe.ts';

/** Looks at each hop on a broker, with `fix` mends what a broker can change, and with `probe` sends canaries. */
export async function doctorOnBroker(
  command: Command,
  context: CommandContext,
  broker: BrokerAccess,
  request: {
    readonly topology: Topology;
    readonly missing: CandidateMessage | undefined;
    readonly again: string;
    readonly fix: boolean;
    readonly probe: boolean;
  },
): Promise<ExitCode> {
  const { topology, missing, again, fix, probe } = request;
  const look = (): Promise<Diagnosis> =>
    reading(context, 'Looking at each hop', () => broker.diagnose(request));
  let found = await look();
  const extras: Extras = {};
  if (fix) {
    const changes = await mendOnBroker(command, context, broker, { topology, found });
    Object.assign(extras, { fixed: fixedOf(changes) });
    if (changes !== undefined) found = await look();
  }
  if (probe) {
    const probed = await addBrokerProbe(context, broker, { topology, missing }, found);
    ({ found } = probed);
    Object.assign(extras, { probe: probed.probe });
  }
  return conclude(context, shownOf(command, context, undefined, found), again, extras);
}
