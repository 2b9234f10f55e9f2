import { listQueueUrls } from '../../aws/queues.ts';
import { queueTags, topicTags } from '../../aws/tags.ts';
import { listTopicArns } from '../../aws/topics.ts';
import { TEMPORARY_TAG_KEY } from '../../definition/temporary.ts';
import {
  isTaggedAs,
  MANAGED_TAG,
  queueNames,
  TOPOLOGY_TAG_KEY,
  type Topology,
} from '../../definition/topology.ts';
import { parseArn, queueNameFromUrl } from '../../rules/names.ts';
import { allSettled, createLimit } from '../limit.ts';
import { describeExisting } from './existing.ts';
import { readQueue } from './read-queue.ts';
import type { Target } from './read-topic.ts';

/** A topology that was found by its tags; undefined with the names of those that there are where there is none. */
export interface TaggedTopology {
  readonly topology: Topology | undefined;
  readonly names: readonly string[];
}

/**
 * Finds a topology by the tags of its resources, whichever program made them: reads the tags of all topics and queues
 * of the account. What belongs to it and isn't wired any more hangs on its only topic, as it should.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function findTagged(target: Target, name: string): Promise<TaggedTopology> {
  const [topics, queues] = await Promise.all([taggedTopics(target), taggedQueues(target)]);
  const names = new Set<string>();
  for (const { tags } of [...topics, ...queues]) names.add(tags[TOPOLOGY_TAG_KEY] ?? '');
  names.delete('');
  const ours = <T extends { readonly tags: Tags }>(all: readonly T[]): T[] =>
    all.filter(({ tags }) => isTaggedAs({ name }, tags) && tags[TEMPORARY_TAG_KEY] === undefined);
  const topicArns = ours(topics).map(({ arn }) => arn);
  if (topicArns.length === 0) return { topology: undefined, names: [...names].sort() };
  const { topology } = await describeExisting({
    target,
    name,
    topicArns,
    queues: [],
    managed: true,
  });
  const own = new Set(ours(queues).map((queue) => queue.name));
  const wired = topology.subscribers.filter(({ queue }) => own.has(queue));
  const loose = [...own].filter((each) => !wired.flatMap(queueNames).includes(each));
  return {
    topology: {
      ...topology,
      subscribers: [...wired, ...(await looseSubscribers(target, topology, loose))],
    },
    names: [...names].sort(),
  };
}

type Tags = Readonly<Record<string, string>>;

/** Queues that nothing delivers to: each is a subscriber of the only topic, unless it keeps another one's dead letters. */
async function looseSubscribers(
  target: Target,
  topology: Topology,
  queues: readonly string[],
): Promise<Topology['subscribers']> {
  const [only, ...others] = topology.topics;
  if (queues.length === 0 || only === undefined || others.length > 0) return [];
  const { name } = topology;
  const { topology: found } = await describeExisting({
    target,
    name,
    topicArns: [],
    queues,
    managed: true,
  });
  const dead = new Set(found.subscribers.map(({ dlq }) => dlq));
  const subscription = {
    topic: only.key,
    filterPolicy: undefined,
    filterPolicyScope: 'MessageAttributes',
    rawDelivery: false,
  } as const;
  const isQueue = await allSettled(
    found.subscribers.map(async ({ queue, dlq }) => {
      const sources = await readQueue(target.aws, queue);
      return !dead.has(queue) && (dlq !== undefined || sources?.attributes.Policy !== undefined);
    }),
  );
  return found.subscribers
    .filter((_each, index) => isQueue[index])
    .map((each) => ({ ...each, subscriptions: [subscription] }));
}

async function taggedTopics({ aws }: Target): Promise<{ arn: string; tags: Tags }[]> {
  const limit = createLimit();
  const arns: string[] = [];
  for await (const arn of listTopicArns(aws)) arns.push(arn);
  const found = await allSettled(
    arns.map(async (arn) => ({ arn, tags: (await limit(() => topicTags(aws, arn))) ?? {} })),
  );
  return found.filter(({ tags }) => tags[MANAGED_TAG.key] === MANAGED_TAG.value);
}

async function taggedQueues({ aws }: Target): Promise<{ name: string; tags: Tags }[]> {
  const limit = createLimit();
  const urls = await listQueueUrls(aws);
  const found = await allSettled(
    urls.map(async (url) => ({
      name: queueNameFromUrl(url),
      tags: (await limit(() => queueTags(aws, url))) ?? {},
    })),
  );
  return found.filter(({ tags }) => tags[MANAGED_TAG.key] === MANAGED_TAG.value);
}

/** The name that a topology is given after a topic: as a topology may be called. */
export function topologyNameOf(topicArn: string): string {
  const name = (parseArn(topicArn)?.resource ?? topicArn).replace(/\.fifo$/, '');
  return name.replace(/^[^A-Za-z0-9]+/, '').slice(0, 64) || 'adopted';
}
