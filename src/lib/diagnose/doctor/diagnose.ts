import type { Place } from '../../topology/inspect.ts';
import type { CandidateMessage } from './candidate-message.ts';
import type { Check, Finding } from './check.ts';
import { SUBSCRIBER_CHECKS, TOPIC_CHECKS } from './checks/index.ts';
import type { Circumstances, DoctorFacts } from './facts.ts';
import { gather } from './gather.ts';

/** One check's answer. */
export interface CheckResult extends Finding {
  readonly id: string;
  /** `target`, `topic`, or a subscriber's name. */
  readonly subject: string;
}

/** A check that had nothing to look at. */
export interface SkippedCheck {
  readonly id: string;
  readonly subject: string;
  readonly because: string;
}

/** What the doctor found, in the order of a message's way. */
export interface Diagnosis {
  /** No check failed, and the caller could look at all that they need. */
  readonly ok: boolean;
  /** The caller may not look at everything. */
  readonly denied: boolean;
  readonly checks: readonly CheckResult[];
  readonly skipped: readonly SkippedCheck[];
}

/** What to look at, and for whom. */
export interface DoctorRequest {
  /** Its topology has the subscribers to look at. */
  readonly place: Place;
  /** Where consumers of this machine keep why they failed. */
  readonly stateDir: string;
  /** The message that the user misses. */
  readonly missing?: CandidateMessage | undefined;
}

/**
 * Looks at each hop of a topology and says which is broken. Reads only.
 * @throws AppError when nobody answers or the credentials are no good; see `unreachable`.
 */
export async function diagnose({
  place,
  stateDir,
  missing,
}: DoctorRequest): Promise<{ readonly found: Diagnosis; readonly facts: DoctorFacts }> {
  const facts = await gather(place, stateDir);
  const found = judge(facts, {
    identity: place.identity,
    topology: place.topology,
    missing,
    now: Date.now(),
  });
  return { found, facts };
}

/** What the checks make of the facts. Pure. */
export function judge(facts: DoctorFacts, circumstances: Circumstances): Diagnosis {
  const { identity } = circumstances;
  const checks: CheckResult[] = [
    {
      id: 'credentials',
      subject: 'target',
      verdict: 'ok',
      evidence: identity.arn ?? 'the endpoint does not tell who you are',
    },
    {
      id: 'region',
      subject: 'target',
      verdict: 'ok',
      evidence: identity.region + (identity.endpoint ? ` at ${identity.endpoint}` : ''),
    },
  ];
  const skipped: SkippedCheck[] = [];
  const run = <S>(subject: string, list: readonly Check<S>[], about: S): void => {
    for (const check of list) {
      const result = check.run(about, circumstances);
      if ('skipped' in result) skipped.push({ id: check.id, subject, because: result.skipped });
      else checks.push({ id: check.id, subject, ...result });
    }
  };
  run('topic', TOPIC_CHECKS, facts.topic);
  for (const branch of facts.subscribers) run(branch.spec.name, SUBSCRIBER_CHECKS, branch);
  return diagnosisOf(checks, skipped);
}

/** Sums up. */
export function diagnosisOf(
  checks: readonly CheckResult[],
  skipped: readonly SkippedCheck[] = [],
): Diagnosis {
  const denied = checks.some((check) => check.denied);
  const failed = checks.some(({ verdict }) => verdict === 'fail');
  return { ok: !failed && !denied, denied, checks, skipped };
}
