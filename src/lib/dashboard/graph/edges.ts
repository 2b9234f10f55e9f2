import type { SubscriptionState, WiredSubscription, Wiring } from '../../diagnose/wiring/wiring.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { EdgeState, GraphEdge } from '../api/overview.ts';
import type { SubscriptionTraffic } from '../live/subscription-traffic.ts';
import { edgeId } from '../node-ids.ts';
import type { CommandLines } from '../target.ts';
import type { FoundFunction } from './functions.ts';
import { type JudgedWay, wayKey } from './judge.ts';
import { endpointId } from './nodes.ts';

/** What a subscription did of late. @param filterPolicy as it is now */
export type ReadTraffic = (
  subscriptionArn: string,
  filterPolicy: string | undefined,
) => SubscriptionTraffic | undefined;

/** What edges are told from. */
export interface EdgeFacts {
  readonly wiring: Wiring;
  readonly functions: readonly FoundFunction[];
  readonly ways: ReadonlyMap<string, JudgedWay>;
  readonly commands: CommandLines;
  readonly traffic: ReadTraffic;
}

/** Messages in a row after which a subscription counts as one that filters everything, if none passed its filter yet. */
const MIN_FILTERED = 3;
/** The same where some did: one that lets few through is none. */
const MIN_FILTERED_OF_LATE = 100;

const STATES: Readonly<Record<SubscriptionState, EdgeState>> = {
  ok: 'delivering',
  pending: 'pending',
  'no-queue': 'broken',
  refused: 'refusing',
  elsewhere: 'elsewhere',
  unknown: 'unknown',
};

/** The ways that there are between nodes. */
export function edgesOf(facts: EdgeFacts): GraphEdge[] {
  const { wiring } = facts;
  const subscriptions = wiring.topics.flatMap((topic) => topic.subscriptions);
  return [
    ...subscriptions.map((subscription) => subscriptionEdge(subscription, facts)),
    ...redriveEdges(wiring),
    ...mappingEdges(facts),
  ];
}

function subscriptionEdge(subscription: WiredSubscription, facts: EdgeFacts): GraphEdge {
  const { arn, topicArn, filterPolicy, filterPolicyScope, rawDelivery } = subscription;
  const to = endpointId(subscription);
  return {
    id: arn ?? edgeId(topicArn, to),
    kind: 'subscription',
    from: topicArn,
    to,
    ...verdictOf(subscription, facts),
    filter: filterPolicy === undefined ? null : { policy: filterPolicy, scope: filterPolicyScope },
    rawDelivery,
    maxReceiveCount: null,
  };
}

type Verdict = Pick<GraphEdge, 'state' | 'reason' | 'fix'>;

function verdictOf(
  subscription: WiredSubscription,
  { ways, commands, traffic }: EdgeFacts,
): Verdict {
  const { arn, topicArn, queue, state, reason, filterPolicy } = subscription;
  const topic = nameOfArn(topicArn);
  const judged = queue === undefined ? undefined : ways.get(wayKey(topic, queue));
  if (judged !== undefined && state !== 'no-queue' && state !== 'elsewhere') return judged;
  if (state !== 'ok') {
    const isBroken = state === 'refused' || state === 'no-queue';
    const fix = isBroken ? commands.pubsub('doctor', '--topic', topic) : null;
    return { state: STATES[state], reason: reason === undefined ? null : sentence(reason), fix };
  }
  const seen = arn === undefined ? undefined : traffic(arn, filterPolicy);
  if (seen && seen.filteredInRow >= (seen.delivers ? MIN_FILTERED_OF_LATE : MIN_FILTERED)) {
    return {
      state: 'filtering',
      reason: `None of the last ${seen.filteredInRow} messages passed ${seen.clause}.`,
      fix: commands.pubsub('doctor', '--topic', topic),
    };
  }
  return { state: 'delivering', reason: null, fix: null };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
}

const UNFILTERED = { filter: null, rawDelivery: false } as const;

function redriveEdges({ queues }: Wiring): GraphEdge[] {
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  return queues.flatMap(({ arn, deadLetters }): GraphEdge[] => {
    if (deadLetters === undefined || arn === '') return [];
    const target = byName.get(deadLetters.queue);
    if (target === undefined) return [];
    const { maxReceiveCount } = deadLetters;
    const ends = { id: edgeId(arn, target.arn), from: arn, to: target.arn };
    const verdict = { state: 'delivering', reason: null, fix: null } as const;
    return [{ ...ends, kind: 'redrive', ...verdict, ...UNFILTERED, maxReceiveCount }];
  });
}

function mappingEdges({ functions, wiring, commands }: EdgeFacts): GraphEdge[] {
  const arns = new Map(wiring.queues.map(({ name, arn }) => [name, arn]));
  return functions.flatMap(({ key, name, arn, mappings }) =>
    mappings.flatMap(({ queue, state }): GraphEdge[] => {
      const from = arns.get(queue);
      if (from === undefined) return [];
      const to = arn ?? `function:${name}`;
      const verdict: Verdict =
        state === 'Enabled'
          ? { state: 'delivering', reason: null, fix: null }
          : {
              state: state === null ? 'missing' : 'broken',
              reason: state === null ? 'There is no mapping.' : `The mapping is ${state}.`,
              fix: key === undefined ? null : commands.pubsub('setup'),
            };
      const ends = { id: edgeId(from, to), from, to };
      return [{ ...ends, kind: 'mapping', ...verdict, ...UNFILTERED, maxReceiveCount: null }];
    }),
  );
}
