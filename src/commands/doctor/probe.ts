import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import type { Diagnosis } from '../../lib/diagnose/doctor/diagnose.ts';
import type { ProbeResult } from '../../lib/diagnose/doctor/probe-result.ts';
import { AppError, EXIT } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
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
  const { io, printer } = context;
  const [{ probe }, { failedProbe, probeChecks, unprobed }, { diagnosisOf }] = await Promise.all([
    import('../../lib/diagnose/doctor/probe.ts'),
    import('../../lib/diagnose/doctor/probe-checks.ts'),
    import('../../lib/diagnose/doctor/diagnose.ts'),
  ]);
  await sweepLeftovers(context, place);
  const { aws, topology } = place;
  const { stop } = io.interrupts;
  const progress = printer.progress('Sending canaries through a copy of the topic');
  try {
    const { results, interrupted } = await probe({ aws, topology, facts, missing, stop });
    if (interrupted) {
      throw new AppError({
        code: 'Interrupted',
        message: 'Interrupted: the copy of the topic and its queues were removed.',
        exitCode: EXIT.interrupted,
      });
    }
    return {
      found: diagnosisOf(
        [...found.checks, ...probeChecks(results)],
        [...found.skipped, ...unprobed(facts, results)],
      ),
      probe: results,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode === EXIT.interrupted) throw error;
    return { found: diagnosisOf([...found.checks, failedProbe(error)], found.skipped), probe: [] };
  } finally {
    progress.clear();
  }
}
