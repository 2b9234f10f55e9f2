import type { Aws } from '../../aws/clients.ts';
import { getQueueAttributes, listQueueUrls } from '../../aws/queues.ts';
import {
  getSubscriptionAttributes,
  type ListedSubscription,
  listAllSubscriptions,
} from '../../aws/subscriptions.ts';
import { queueTags, topicTags } from '../../aws/tags.ts';
import { type Attributes, listTopicArns } from '../../aws/topics.ts';
import { parseArn, queueNameFromUrl } from '../../rules/names.ts';
import { createLimit, type Limit } from '../../topology/limit.ts';
import { type Fact, known, readFact, unread } from '../doctor/fact.ts';
import { assemble, type Listing, type ReadQueue, type WiringFacts } from './assemble.ts';
import { select } from './select.ts';
import type { Wiring } from './wiring.ts';

/** Topics, queues and subscriptions, of each, whose details are read in one run: a request or two for each. */
export const MAX_DETAILED = 1_000;

/**
 * Reads what is on a target. Requests: a page of each of `ListTopics` (100 topics), `ListQueues` (1,000) and
 * `ListSubscriptions` (100); then one a topic (tags), two a queue (attributes and tags) and one for each subscription
 * of a queue (its filter), of those that are selected. What may not be read is told as unknown.
 *
 * @param pattern the name of a topic or queue, `*` for any characters; undefined for all.
 * @throws AppError when nobody answers, the credentials are no good, or the lists may not be read.
 */
export async function readWiring(aws: Aws, pattern?: string): Promise<Wiring> {
  const limit = createLimit();
  const listing = select(await list(aws), pattern);
  const { topics, queueUrls, subscriptions } = listing;
  const wired = subscriptions.filter(
    ({ arn, protocol }) => protocol === 'sqs' && arn !== undefined,
  );
  const [tags, queues, settings] = await Promise.all([
    readEach(topics, (arn) => readTags(limit, arn, () => topicTags(aws, arn))),
    readQueues(aws, limit, listing),
    readEach(wired, (subscription) => readSettings(aws, limit, subscription)),
  ]);
  const facts: WiringFacts = { topicTags: tags, queues, subscriptions: settings };
  const detailed = Math.min(topics.length, MAX_DETAILED) + Math.min(wired.length, MAX_DETAILED);
  const skipped =
    topics.length + wired.length - detailed + Math.max(0, queueUrls.length - MAX_DETAILED);
  return { ...assemble(listing, facts), unread: skipped };
}

async function list(aws: Aws): Promise<Listing> {
  const [topics, queueUrls, subscriptions] = await Promise.all([
    collect(listTopicArns(aws)),
    listQueueUrls(aws),
    collect(listAllSubscriptions(aws)),
  ]);
  return {
    topics,
    queueUrls,
    subscriptions,
    allTopics: new Set(topics),
    allQueues: queueUrls,
    allSubscriptions: subscriptions,
  };
}

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of pages) found.push(each);
  return found;
}

/** Reads the first `MAX_DETAILED` of them. @returns by what was read. */
async function readEach<K, V>(
  of: readonly K[],
  read: (key: K) => Promise<V>,
): Promise<ReadonlyMap<K, V>> {
  const entries = of.slice(0, MAX_DETAILED).map(async (key) => [key, await read(key)] as const);
  return new Map(await Promise.all(entries));
}

function readTags(
  limit: Limit,
  on: string,
  read: () => Promise<Attributes | undefined>,
): Promise<Fact<Attributes>> {
  return limit(() => readFact({ permission: 'ListTags', on }, read));
}

/** The selected queues, and in a second round those that their dead letters go to. */
async function readQueues(
  aws: Aws,
  limit: Limit,
  { queueUrls, allQueues }: Listing,
): Promise<ReadonlyMap<string, ReadQueue>> {
  const readOne = async (url: string): Promise<ReadQueue> => {
    const on = queueNameFromUrl(url);
    const [attributes, tags] = await Promise.all([
      limit(() =>
        readFact({ permission: 'sqs:GetQueueAttributes', on }, () => getQueueAttributes(aws, url)),
      ),
      readTags(limit, on, () => queueTags(aws, url)),
    ]);
    return { attributes, tags };
  };
  const read = await readEach(queueUrls, readOne);
  const targets = new Set([...read.values()].map(({ attributes }) => targetOf(attributes)));
  const more = allQueues.filter((url) => !read.has(url) && targets.has(queueNameFromUrl(url)));
  return new Map([...read, ...(await readEach(more, readOne))]);
}

function targetOf(attributes: Fact<Attributes>): string | undefined {
  const text = known(attributes)?.RedrivePolicy;
  const target = /"deadLetterTargetArn"\s*:\s*"([^"]+)"/.exec(text ?? '')?.[1];
  return target === undefined ? undefined : parseArn(target)?.resource;
}

function readSettings(
  aws: Aws,
  limit: Limit,
  { arn }: ListedSubscription,
): Promise<Fact<Attributes>> {
  if (arn === undefined) return Promise.resolve(unread('it waits for its confirmation'));
  return limit(() =>
    readFact({ permission: 'sns:GetSubscriptionAttributes', on: arn }, () =>
      getSubscriptionAttributes(aws, arn),
    ),
  );
}
