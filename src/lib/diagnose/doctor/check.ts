import type { Fact } from './fact.ts';
import type { BranchFacts, Circumstances, SubscriberFacts, TopicFacts } from './facts.ts';

/** What a check says. `unknown`: the caller may not look, or the target can't tell. */
export const VERDICTS = ['ok', 'warn', 'fail', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What mends a finding. */
export type Fix =
  /** Words after `pubsub`. `safe`: it only brings back what the topology says, so `--fix` may do it. */
  | { readonly tool: 'pubsub'; readonly words: readonly string[]; readonly safe: boolean }
  /** Commands of the AWS CLI. They change what the topology leaves to its owner, so they are never run unasked. */
  | AwsFix
  /** Ends a program of this machine. */
  | { readonly tool: 'kill'; readonly pid: number };

/** Words after `aws`, one list a command, and whether a `pubsub setup` has to follow. */
export interface AwsFix {
  readonly tool: 'aws';
  readonly commands: readonly (readonly string[])[];
  readonly next?: 'setup';
}

/** What a check found. */
export interface Finding {
  readonly verdict: Verdict;
  /** The very statement, attribute or number that decided. */
  readonly evidence: string;
  readonly fix?: Fix;
  /** It is unknown because the caller may not look. */
  readonly denied?: true;
}

/** A check that had nothing to look at, because another one's finding comes first. */
export interface Skip {
  readonly skipped: string;
}

/** Setup brings it back. */
export const SETUP: Fix = { tool: 'pubsub', words: ['setup'], safe: true };

/** One command of the AWS CLI. */
export function aws(...words: readonly string[]): AwsFix {
  return { tool: 'aws', commands: [words] };
}

/** All is well. */
export function ok(evidence: string): Finding {
  return { verdict: 'ok', evidence };
}

/** Works, and yet loses or hides messages in some case. */
export function warn(evidence: string, fix?: Fix): Finding {
  return { verdict: 'warn', evidence, ...(fix ? { fix } : {}) };
}

/** Keeps messages from arriving. */
export function fail(evidence: string, fix?: Fix): Finding {
  return { verdict: 'fail', evidence, ...(fix ? { fix } : {}) };
}

/** Can't be told. */
export function unknown(evidence: string): Finding {
  return { verdict: 'unknown', evidence };
}

type Facts = Readonly<Record<string, Fact<unknown>>>;
type Values<F extends Facts> = {
  readonly [K in keyof F]: F[K] extends Fact<infer T> ? T : never;
};

/** A check of one kind of subject. */
export interface Check<S> {
  /** Stable: scripts match on it. */
  readonly id: string;
  run(subject: S, circumstances: Circumstances): Finding | Skip;
}

/**
 * Makes a check from the facts that it needs and what it makes of them. Where one may not be read, the check's verdict
 * is `unknown` and names the permission; where one has nothing to be read from, the check is skipped.
 *
 * @param check.reads the facts; `run` gets their values.
 */
function check<S, F extends Facts>(check: {
  readonly id: string;
  readonly reads: (subject: S) => F;
  readonly run: (values: Values<F>, subject: S, circumstances: Circumstances) => Finding | Skip;
}): Check<S> {
  return {
    id: check.id,
    run: (subject, circumstances) => {
      const facts = check.reads(subject);
      const list = Object.values(facts);
      return (
        missingPermission(list) ??
        failedReading(list) ??
        nothingToLookAt(list) ??
        check.run(valuesOf(facts), subject, circumstances)
      );
    },
  };
}

/** A check of the topic. */
export function topicCheck<F extends Facts>(
  of: Parameters<typeof check<TopicFacts, F>>[0],
): Check<TopicFacts> {
  return check(of);
}

/** A check of one way from a topic into a subscriber's queue. */
export function branchCheck<F extends Facts>(
  of: Parameters<typeof check<BranchFacts, F>>[0],
): Check<BranchFacts> {
  return check(of);
}

/** A check of one subscriber's queues. */
export function subscriberCheck<F extends Facts>(
  of: Parameters<typeof check<SubscriberFacts, F>>[0],
): Check<SubscriberFacts> {
  return check(of);
}

function missingPermission(facts: readonly Fact<unknown>[]): Finding | undefined {
  const denied = facts.flatMap((fact) =>
    fact.kind === 'denied' ? [`${fact.permission} on ${fact.on}`] : [],
  );
  if (denied.length === 0) return undefined;
  const missing = [...new Set(denied)].join(' and ');
  return { ...unknown(`You may not look: ${missing} is missing.`), denied: true };
}

function failedReading(facts: readonly Fact<unknown>[]): Finding | undefined {
  const failed = facts.find((fact) => fact.kind === 'failed');
  return failed && unknown(failed.because);
}

function nothingToLookAt(facts: readonly Fact<unknown>[]): Skip | undefined {
  for (const fact of facts) {
    if (fact.kind === 'unread') return { skipped: fact.because };
    if (fact.kind === 'absent') return { skipped: `there is no ${fact.what}` };
  }
  return undefined;
}

function valuesOf<F extends Facts>(facts: F): Values<F> {
  const entries = Object.entries(facts).map(([name, fact]) => [
    name,
    fact.kind === 'value' ? fact.value : undefined,
  ]);
  return Object.fromEntries(entries) as Values<F>;
}
