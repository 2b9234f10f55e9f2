import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import type { Diagnosis } from '../../lib/diagnose/doctor/diagnose.ts';
import type { ProbeResult } from '../../lib/diagnose/doctor/probe-result.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import type { BrokerAccess, BrokerProbe } from '../../lib/transport/transport.ts';
import type { CommandContext } from '../command.ts';
import { sweepLeftovers } from '../sweep.ts';
import type { Looked } from './mend.ts';

/** A diagnosis with what a probe found, and what it measured. */
export interface Probed {
  readonly found: Diagnosis;
  readonly probe: readonly ProbeResult[];
}

/**
 * Sends canaries through a copy of the topic and adds what became of them to the diagnosis. What an earlier probe left
 * behind that was killed goes first.
 * @throws AppError (exit 130) when interrupted, after everything was removed.
 */
export async function addProbe(
  context: CommandContext,
  place: Place,
  { found, facts }: Looked,
  missing: CandidateMessage | undefined,
): Promise<Probed> {
  const [{ probe }, { probeChecks, unprobed }] = await Promise.all([
    import('../../lib/diagnose/doctor/probe.ts'),
    import('../../lib/diagnose/doctor/probe-checks.ts'),
  ]);
  await sweepLeftovers(context, place);
  const { aws, topology } = place;
  return probed(context, found, 'topic', async (stop) => {
    const done = await probe({ aws, topology, facts, missing, stop });
    return { ...done, checks: probeChecks(done.results), skipped: unprobed(facts, done.results) };
  });
}

/** Like `addProbe`, through copies of a broker's exchanges, which go by themselves where a probe is killed. */
export function addBrokerProbe(
  context: CommandContext,
  broker: BrokerAccess,
  request: Pick<Parameters<BrokerAccess['probe']>[0], 'topology' | 'missing'>,
  found: Diagnosis,
): Promise<Probed> {
  return probed(context, found, 'exchange', (stop) => broker.probe({ ...request, stop }));
}

/** Runs a probe through a copy of something, and adds what it found to a diagnosis. */
async function probed(
  { io, printer }: CommandContext,
  found: Diagnosis,
  source: 'topic' | 'exchange',
  run: (stop: AbortSignal) => Promise<BrokerProbe>,
): Promise<Probed> {
  const [{ failedProbe }, { diagnosisOf }] = await Promise.all([
    import('../../lib/diagnose/doctor/probe-checks.ts'),
    import('../../lib/diagnose/doctor/diagnose.ts'),
  ]);
  const progress = printer.progress(`Sending canaries through a copy of the ${source}`);
  try {
    const { results, interrupted, checks, skipped } = await run(io.interrupts.stop);
    if (interrupted) {
      throw new AppError({
        code: 'Interrupted',
        message: `Interrupted: the copy of the ${source} and its queues were removed.`,
        exitCode: EXIT.interrupted,
      });
    }
    return {
      found: diagnosisOf([...found.checks, ...checks], [...found.skipped, ...skipped]),
      probe: results,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode === EXIT.interrupted) throw error;
    return { found: diagnosisOf([...found.checks, failedProbe(error)], found.skipped), probe: [] };
  } finally {
    progress.clear();
  }
}
