import type { ListedSubscription } from '../../aws/subscriptions.ts';
import type { Attributes } from '../../aws/topics.ts';
import { isFifo } from '../../rules/fifo.ts';
import { parseArn, queueNameFromUrl } from '../../rules/names.ts';
import { type Fact, known } from '../doctor/fact.ts';
import { judgeDelivery } from '../doctor/policy-words.ts';
import { ownerOf } from './owner.ts';
import type { Owner, SubscriptionState, WiredQueue, WiredTopic, Wiring } from './wiring.ts';

/** What was listed: what is selected of it, and all that there is. */
export interface Listing {
  /** ARNs. */
  readonly topics: readonly string[];
  readonly queueUrls: readonly string[];
  readonly subscriptions: readonly ListedSubscription[];
  readonly allSubscriptions: readonly ListedSubscription[];
  readonly allTopics: ReadonlySet<string>;
  readonly allQueues: readonly string[];
}

/** A queue as far as it may be read. */
export interface ReadQueue {
  readonly attributes: Fact<Attributes>;
  readonly tags: Fact<Attributes>;
}

/** The details of what is selected; of what was not read, nothing. */
export interface WiringFacts {
  /** By ARN. */
  readonly topicTags: ReadonlyMap<string, Fact<Attributes>>;
  /** By URL. */
  readonly queues: ReadonlyMap<string, ReadQueue>;
  readonly subscriptions: ReadonlyMap<ListedSubscription, Fact<Attributes>>;
}

/** Puts together who is wired to whom. Pure. */
export function assemble(listing: Listing, facts: WiringFacts): Omit<Wiring, 'unread'> {
  const queues = queuesOf(listing, facts);
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  const place = placeOf(listing, facts);
  const exists = new Set(listing.allQueues.map(queueNameFromUrl));
  const wired = listing.subscriptions.map((subscription) => ({
    ...settingsOf(known(facts.subscriptions.get(subscription) ?? UNREAD)),
    ...subscription,
    queue: queueOf(subscription),
    ...judge(subscription, {
      place,
      exists,
      facts,
      queue: byName.get(queueOf(subscription) ?? ''),
    }),
  }));
  const byTopic = groupBy(wired, ({ topicArn }) => topicArn);
  const topics = listing.topics.map(
    (arn): WiredTopic => ({
      name: parseArn(arn)?.resource ?? arn,
      arn,
      fifo: isFifo(arn),
      owner: owner(facts.topicTags.get(arn)),
      subscriptions: (byTopic.get(arn) ?? []).sort((a, b) => compare(a.endpoint, b.endpoint)),
    }),
  );
  const orphans = wired.filter(({ topicArn }) => !listing.allTopics.has(topicArn));
  return { topics: topics.sort(byNames), queues: queues.sort(byNames), orphans };
}

const UNREAD: Fact<never> = { kind: 'unread', because: 'there are too many' };

function settingsOf(attributes: Attributes = {}) {
  const { FilterPolicy: filterPolicy, FilterPolicyScope, RawMessageDelivery } = attributes;
  return {
    filterPolicy: filterPolicy && filterPolicy !== '{}' ? filterPolicy : undefined,
    filterPolicyScope:
      FilterPolicyScope === 'MessageBody'
        ? ('MessageBody' as const)
        : ('MessageAttributes' as const),
    rawDelivery: RawMessageDelivery?.toLowerCase() === 'true',
  };
}

/** The account and region of the target, from any of its ARNs; undefined where there is none. */
function placeOf({ topics }: Listing, { queues }: WiringFacts): string | undefined {
  const [topic] = topics;
  const queue = [...queues.values()].map(({ attributes }) => known(attributes)?.QueueArn);
  const arn = parseArn(topic ?? queue.find((each) => each !== undefined) ?? '');
  return arn && `${arn.region}:${arn.account}`;
}

function judge(
  { arn, topicArn, protocol, endpoint }: ListedSubscription,
  about: {
    readonly place: string | undefined;
    readonly exists: ReadonlySet<string>;
    readonly facts: WiringFacts;
    readonly queue: WiredQueue | undefined;
  },
): { readonly state: SubscriptionState; readonly reason: string | undefined } {
  if (arn === undefined) return { state: 'pending', reason: 'it waits for its confirmation' };
  const queueArn = parseArn(endpoint);
  if (protocol !== 'sqs' || queueArn === undefined) {
    return { state: 'elsewhere', reason: 'no queue: not looked at' };
  }
  const { account, region, resource: name } = queueArn;
  if (about.place !== undefined && `${region}:${account}` !== about.place) {
    return { state: 'elsewhere', reason: `in account ${account}, ${region}: not looked at` };
  }
  if (!about.exists.has(name)) return { state: 'no-queue', reason: 'there is no such queue' };
  const attributes =
    about.queue && known(about.facts.queues.get(about.queue.url)?.attributes ?? UNREAD);
  if (attributes === undefined) {
    return { state: 'unknown', reason: "the queue's policy could not be read" };
  }
  const verdict = judgeDelivery(attributes.Policy, {
    topicArn,
    queueArn: endpoint,
    now: Date.now(),
  });
  return verdict.decision === 'allow'
    ? { state: 'ok', reason: undefined }
    : { state: 'refused', reason: refusal(attributes.Policy, verdict.evidence) };
}

function refusal(policy: string | undefined, evidence: string): string {
  return policy
    ? `its policy keeps the topic out: ${evidence}`
    : 'it has no policy, so that the topic may not send to it';
}

function queuesOf(listing: Listing, facts: WiringFacts): WiredQueue[] {
  const urls = new Set([...listing.queueUrls, ...facts.queues.keys()]);
  const topics = groupBy(listing.allSubscriptions, (each) => queueOf(each));
  const queues = [...urls].map((url): WiredQueue => {
    const name = queueNameFromUrl(url);
    const { attributes, tags } = facts.queues.get(url) ?? {};
    const found = attributes && known(attributes);
    const subscribed = (topics.get(name) ?? []).map(({ topicArn }) => parseArn(topicArn)?.resource);
    return {
      name,
      url,
      arn: found?.QueueArn ?? '',
      fifo: isFifo(name),
      owner: owner(tags),
      topics: [...new Set(subscribed.filter((each) => each !== undefined))].sort(compare),
      waiting: found && Number(found.ApproximateNumberOfMessages ?? 0),
      inFlight: found && Number(found.ApproximateNumberOfMessagesNotVisible ?? 0),
      deadLetters: redriveOf(found?.RedrivePolicy),
      deadLettersOf: [],
    };
  });
  const sources = groupBy(queues, ({ deadLetters }) => deadLetters?.queue);
  return queues.map((queue) => ({
    ...queue,
    deadLettersOf: (sources.get(queue.name) ?? []).map(({ name }) => name),
  }));
}

function groupBy<T, K>(of: readonly T[], key: (each: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const each of of) {
    const group = groups.get(key(each));
    if (group === undefined) groups.set(key(each), [each]);
    else group.push(each);
  }
  return groups;
}

function redriveOf(text: string | undefined): WiredQueue['deadLetters'] {
  if (!text) return undefined;
  try {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as Record<string, unknown>;
    const queue = parseArn(String(deadLetterTargetArn))?.resource;
    return queue === undefined ? undefined : { queue, maxReceiveCount: Number(maxReceiveCount) };
  } catch {
    return undefined;
  }
}

function queueOf({ protocol, endpoint }: ListedSubscription): string | undefined {
  return protocol === 'sqs' ? parseArn(endpoint)?.resource : undefined;
}

function owner(tags: Fact<Attributes> | undefined): Owner {
  return ownerOf(tags && known(tags));
}

function byNames(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
