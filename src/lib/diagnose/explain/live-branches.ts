import type { FilterPolicyScope } from '../../rules/filter-policy/scope.ts';
import type { Place } from '../../topology/inspect.ts';
import type { Check, Finding } from '../doctor/check.ts';
import { encryptionKey } from '../doctor/checks/encryption-key.ts';
import { queue } from '../doctor/checks/queue.ts';
import { queuePolicy } from '../doctor/checks/queue-policy.ts';
import { subscription } from '../doctor/checks/subscription.ts';
import { topic } from '../doctor/checks/topic.ts';
import { topicPolicy } from '../doctor/checks/topic-policy.ts';
import { known } from '../doctor/fact.ts';
import type { BranchFacts, Circumstances, SubscriberFacts, TopicFacts } from '../doctor/facts.ts';
import { gather } from '../doctor/gather.ts';
import type { DeliveryObstacle, Recipient } from './delivery-verdict.ts';
import { liveTaker } from './taker.ts';

/** One way from the topic to a queue as it is on the target. */
export interface LiveBranch {
  /** With the settings of the subscription that is there; of the file where there is none. */
  readonly recipient: Recipient;
  /** What stops every message. */
  readonly obstacles: readonly DeliveryObstacle[];
  /** What can't be told, in sentences. */
  readonly unknown: readonly string[];
}

/** What stops a message whatever is in it, by the checks that find it. */
const TOPIC_CHECKS: Readonly<Record<string, Check<TopicFacts>>> = {
  topic,
  'topic policy': topicPolicy,
};
const BRANCH_CHECKS: Readonly<Record<string, Check<BranchFacts>>> = {
  subscription,
  'queue policy': queuePolicy,
  'encryption key': encryptionKey,
};
const QUEUE_CHECKS: Readonly<Record<string, Check<SubscriberFacts>>> = { queue };

/**
 * Reads what is on the target between a topic and its subscribers' queues. Calls as the doctor does; writes nothing.
 * @param place.topology with one topic and the subscribers to look at.
 * @throws AppError when nobody answers or the credentials are no good.
 */
export async function readLiveBranches(place: Place): Promise<LiveBranch[]> {
  const { topics, subscribers } = await gather(place, '', { history: false });
  const { identity, topology } = place;
  const circumstances: Circumstances = { identity, topology, missing: undefined, now: Date.now() };
  const found = (id: string, { verdict, evidence }: Finding) => ({ by: id, verdict, evidence });
  const run = <S>(checks: Readonly<Record<string, Check<S>>>, about: S) =>
    Object.entries(checks).flatMap(([id, check]) => {
      const result = check.run(about, circumstances);
      return 'skipped' in result ? [] : [found(id, result)];
    });
  const ofTopic = topics.flatMap((about) => run(TOPIC_CHECKS, about));
  return subscribers.flatMap((subscriber) =>
    subscriber.branches.map((branch): LiveBranch => {
      const findings = [
        ...ofTopic,
        ...run(QUEUE_CHECKS, subscriber),
        ...run(BRANCH_CHECKS, branch),
      ];
      const [settings, hidden] = liveSettings(branch);
      return {
        recipient: { name: subscriber.spec.name, ...settings, taker: liveTaker(subscriber) },
        obstacles: findings
          .filter(({ verdict }) => verdict === 'fail')
          .map(({ by, evidence }) => ({ by, clause: undefined, words: evidence, hint: undefined })),
        unknown: [
          ...findings.flatMap(({ verdict, evidence }) => (verdict === 'unknown' ? [evidence] : [])),
          ...hidden,
        ],
      };
    }),
  );
}

/** The settings of the subscription that is there, and what of them can't be told. */
function liveSettings({
  subscription: fact,
  declared,
}: BranchFacts): [Omit<Recipient, 'name' | 'taker'>, readonly string[]] {
  const { topic: _topic, ...ofFile } = declared;
  const attributes = known(fact)?.attributes;
  if (attributes === undefined) {
    const hidden =
      fact.kind === 'denied'
        ? [`You may not look at the live filter policy: ${fact.permission} is missing.`]
        : fact.kind === 'failed'
          ? [fact.because]
          : [];
    return [ofFile, hidden];
  }
  const scope: FilterPolicyScope =
    attributes.FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
  const live = {
    filterPolicy: attributes.FilterPolicy || undefined,
    filterPolicyScope: scope,
    rawDelivery: attributes.RawMessageDelivery?.toLowerCase() === 'true',
  };
  return [live, []];
}
