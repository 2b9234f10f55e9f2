import type { AppError } from '../../rules/errors.ts';
import type { CheckResult, SkippedCheck } from './diagnose.ts';
import type { DoctorFacts } from './facts.ts';
import type { ProbeResult } from './probe-result.ts';

/** What a probe found, as checks of the subscribers whose canaries it sent. Pure. */
export function probeChecks(results: readonly ProbeResult[]): CheckResult[] {
  return results.map((result) => ({ id: 'probe', subject: result.subscriber, ...judge(result) }));
}

/** The check of a probe that a call ended. */
export function failedProbe(error: AppError): CheckResult {
  const evidence = `The canary could not be sent: ${error.message}`;
  return { id: 'probe', subject: 'topic', verdict: 'fail', evidence };
}

/** Subscribers to whom no canary was sent, because nothing subscribes them. */
export function unprobed(facts: DoctorFacts, results: readonly ProbeResult[]): SkippedCheck[] {
  const probed = new Set(results.map(({ subscriber }) => subscriber));
  return facts.subscribers
    .filter(({ spec }) => !probed.has(spec.name))
    .map(({ spec, branches: [branch] }) => ({
      id: 'probe',
      subject: spec.name,
      because:
        branch?.subscription.kind === 'unread'
          ? branch.subscription.because
          : 'the subscription could not be read',
    }));
}

function judge(result: ProbeResult): Pick<CheckResult, 'verdict' | 'evidence'> {
  const { outcome, event, expected } = result;
  switch (outcome) {
    case 'delivered':
      return expected
        ? { verdict: 'ok', evidence: `${event} came through${hops(result)}.` }
        : {
            verdict: 'warn',
            evidence: `${event} came through, although the filter policy keeps it out: AWS may take 15 minutes to heed a new one.`,
          };
    case 'filtered':
      return { verdict: 'ok', evidence: `The filter policy keeps ${event} out, as it says.` };
    case 'lost':
      return {
        verdict: 'fail',
        evidence: `${event} was published to a copy of the topic and never came to a queue subscribed like this one.`,
      };
  }
}

function hops({ publishMs, toQueueMs, totalMs }: ProbeResult): string {
  if (publishMs === null || totalMs === null) return '';
  const publish = `publish ${publishMs} ms`;
  if (toQueueMs === null) {
    return ` in ${totalMs} ms: ${publish}, to the queue and out ${Math.max(0, totalMs - publishMs)} ms`;
  }
  const out = Math.max(0, totalMs - publishMs - toQueueMs);
  return ` in ${totalMs} ms: ${publish}, topic to queue ${toQueueMs} ms, out of the queue ${out} ms`;
}
