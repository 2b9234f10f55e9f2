import type { Topology } from '../../definition/topology.ts';
import type { CheckResult } from '../../diagnose/doctor/diagnose.ts';
import type { EdgeState } from '../api/overview.ts';
import type { CommandLines } from '../target.ts';

/** What a doctor's checks say of one way from a topic to a subscriber's queue. */
export interface JudgedWay {
  readonly state: EdgeState;
  readonly reason: string;
  readonly fix: string | null;
}

/** What an edge does where a check of this id fails. */
const STATES: Readonly<Record<string, EdgeState>> = {
  subscription: 'pending',
  filter: 'filtering',
  'queue-policy': 'refusing',
  'topic-policy': 'refusing',
  'encryption-key': 'refusing',
};

/** The ways that something stands in, by `wayKey`. */
export function judgedWays(
  topology: Topology,
  checks: readonly CheckResult[],
  commands: CommandLines,
): ReadonlyMap<string, JudgedWay> {
  const ways = new Map<string, JudgedWay>();
  const names = new Map(topology.topics.map(({ key, name }) => [key, name]));
  const [only] = topology.topics;
  for (const { name, queue, subscriptions } of topology.subscribers) {
    for (const { topic } of subscriptions) {
      const failed = checks.find(
        (check) =>
          check.verdict === 'fail' &&
          check.id in STATES &&
          (isOfTopic(check.subject, topic, topology) ||
            (check.subject === name && (check.topic ?? topic) === topic)),
      );
      if (failed === undefined) continue;
      ways.set(wayKey(names.get(topic) ?? only?.name ?? '', queue), {
        state: STATES[failed.id] ?? 'unknown',
        reason: failed.evidence,
        fix: failed.fix === undefined ? null : commands.fix(failed.fix),
      });
    }
  }
  return ways;
}

/** What a way is called: by the names of the topic and the queue. */
export function wayKey(topic: string, queue: string): string {
  return `${topic} ${queue}`;
}

function isOfTopic(subject: string, key: string, { topics }: Topology): boolean {
  return subject === (topics.length > 1 ? `topic ${key}` : 'topic');
}
