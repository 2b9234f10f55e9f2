import type { Aws } from '../aws/clients.ts';
import { getQueueAttributes, listQueueUrls } from '../aws/queues.ts';
import { listTopicSubscriptions, type Subscription } from '../aws/subscriptions.ts';
import { queueTags, topicTags } from '../aws/tags.ts';
import { type Attributes, listTopicArns } from '../aws/topics.ts';
import {
  readTemporaryTags,
  type TemporaryPurpose,
  temporaryNamePrefix,
  temporaryPurposeOf,
} from '../definition/temporary.ts';
import type { Topology } from '../definition/topology.ts';
import { parseArn, queueNameFromUrl } from '../rules/names.ts';
import { allSettled, createLimit, type Limit } from './limit.ts';

/** A temporary queue as it stands. */
export interface FoundTemporaryQueue {
  readonly name: string;
  readonly url: string;
  readonly purpose: TemporaryPurpose;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly attributes: Attributes;
  readonly subscriptions: readonly Subscription[];
}

/** A temporary topic as it stands. */
export interface FoundTemporaryTopic {
  readonly name: string;
  readonly arn: string;
  readonly purpose: TemporaryPurpose;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** All that is there for a while. */
export interface TemporaryResources {
  readonly queues: readonly FoundTemporaryQueue[];
  readonly topics: readonly FoundTemporaryTopic[];
}

/**
 * Finds a topology's temporary queues by their names and tags, with the subscriptions of the topics that their
 * policies let in, and those topics where they are temporary as well.
 * @param options.allTopics looks through all topics of the account too, for those that no queue tells of any more.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function findTemporary(
  place: { readonly aws: Aws; readonly topology: Topology },
  options: { readonly allTopics: boolean },
): Promise<TemporaryResources> {
  const { aws, topology } = place;
  const limit = createLimit();
  const urls = (await listQueueUrls(aws, temporaryNamePrefix(topology))).filter(
    (url) => temporaryPurposeOf(topology, queueNameFromUrl(url)) !== undefined,
  );
  const found = await allSettled(urls.map((url) => findQueue(aws, topology, url, limit)));
  const queues = found.filter((queue) => queue !== undefined);
  const arns = new Set(queues.map((queue) => sourceTopic(queue.attributes)));
  if (options.allTopics) for await (const arn of listTopicArns(aws)) arns.add(arn);
  const topics = await allSettled([...arns].map((arn) => findTopic(aws, topology, arn, limit)));
  return { queues, topics: topics.filter((topic) => topic !== undefined) };
}

async function findQueue(
  aws: Aws,
  topology: Topology,
  url: string,
  limit: Limit,
): Promise<FoundTemporaryQueue | undefined> {
  const [tags, attributes] = await Promise.all([
    limit(() => queueTags(aws, url)),
    limit(() => getQueueAttributes(aws, url)),
  ]);
  const facts = tags && readTemporaryTags(topology, tags);
  if (!facts || !attributes) return undefined;
  const source = sourceTopic(attributes);
  const subscriptions =
    source === '' ? undefined : await limit(() => listTopicSubscriptions(aws, source));
  return {
    name: queueNameFromUrl(url),
    url,
    ...facts,
    attributes,
    subscriptions: (subscriptions ?? []).filter(({ endpoint }) => endpoint === attributes.QueueArn),
  };
}

async function findTopic(
  aws: Aws,
  topology: Topology,
  arn: string,
  limit: Limit,
): Promise<FoundTemporaryTopic | undefined> {
  const name = parseArn(arn)?.resource ?? '';
  if (temporaryPurposeOf(topology, name) === undefined) return undefined;
  const tags = await limit(() => topicTags(aws, arn));
  const facts = tags && readTemporaryTags(topology, tags);
  return facts && { name, arn, ...facts };
}

/** The topic that a temporary queue's policy lets in: the policy is ours alone. Empty where it was changed. */
function sourceTopic({ Policy = '' }: Attributes): string {
  const [, arn] = /"aws:SourceArn"\s*:\s*\[?\s*"([^"]+)"/.exec(Policy) ?? [];
  return arn ?? '';
}
