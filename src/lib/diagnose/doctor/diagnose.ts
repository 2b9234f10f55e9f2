import type { Place } from '../../topology/inspect.ts';
import type { CandidateMessage } from './candidate-message.ts';
import type { Check, Finding, Skip } from './check.ts';
import { engineFinding } from './checks/engine.ts';
import {
  BRANCH_CHECKS,
  FUNCTION_CHECKS,
  STRAY_CHECKS,
  SUBSCRIBER_CHECKS,
  TOPIC_CHECKS,
} from './checks/index.ts';
import type { Circumstances, DoctorFacts } from './facts.ts';
import { gather } from './gather.ts';

/** One check's answer. */
export interface CheckResult extends Finding {
  readonly id: string;
  /** `target`, `topic` (with its key behind it where there are several), or a subscriber's name. */
  readonly subject: string;
  /** The key of the topic that a subscriber's check is about, where the subscriber has several. */
  readonly topic?: string | undefined;
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
  const engine = engineFinding(facts.engine);
  if (engine !== undefined) checks.push({ id: 'engine', subject: 'target', ...engine });
  const skipped: SkippedCheck[] = [];
  const run = <S>(subject: string, list: readonly Check<S>[], about: S, topic?: string): void => {
    for (const check of list) {
      const { id } = check;
      const result = possible(check.run(about, circumstances), circumstances);
      if ('skipped' in result) skipped.push({ id, subject, because: result.skipped });
      else if (topic === undefined) checks.push({ id, subject, ...result });
      else checks.push({ id, subject, topic, ...result, evidence: `${topic}: ${result.evidence}` });
    }
  };
  for (const topic of facts.topics) {
    run(facts.topics.length > 1 ? `topic ${topic.key}` : 'topic', TOPIC_CHECKS, topic);
  }
  for (const { spec, branches, ...queues } of facts.subscribers) {
    for (const branch of branches) {
      run(spec.name, BRANCH_CHECKS, branch, branches.length > 1 ? branch.topic.key : undefined);
    }
    run(spec.name, SUBSCRIBER_CHECKS, { spec, branches, ...queues });
    if (queues.handling !== undefined) {
      run(spec.name, FUNCTION_CHECKS, { spec, branches, ...queues });
    } else if (queues.strays?.length) {
      run(spec.name, STRAY_CHECKS, { spec, branches, ...queues });
    }
  }
  return diagnosisOf(checks, skipped);
}

/** A finding without a fix that setup refuses: it changes nothing of what others made. */
function possible<T extends Finding | Skip>(found: T, { topology }: Circumstances): T {
  if (topology.managed || !('fix' in found) || found.fix?.tool !== 'pubsub') return found;
  const { fix, ...rest } = found;
  return fix.words[0] === 'setup' ? (rest as T) : found;
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
