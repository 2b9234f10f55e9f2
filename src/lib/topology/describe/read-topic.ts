import {
  getSubscriptionAttributes,
  listTopicSubscriptions,
  type Subscription,
} from '../../aws/subscriptions.ts';
import { topicTags } from '../../aws/tags.ts';
import { getTopicAttributes } from '../../aws/topics.ts';
import { SETS_TAG_KEY } from '../../definition/resource-tags.ts';
import {
  MANAGED_TAG,
  type SubscriptionSpec,
  TOPOLOGY_TAG_KEY,
  type TopicSpec,
} from '../../definition/topology.ts';
import { parseArn } from '../../rules/names.ts';
import type { Place } from '../inspect.ts';
import { KEY_ATTRIBUTE } from '../key-setting.ts';
import { readRedrive } from './read-queue.ts';

/** A topic as it stands, with its confirmed subscriptions. */
export interface FoundTopic {
  readonly spec: TopicSpec;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly subscriptions: readonly Subscription[];
}

/** Where to read. */
export type Target = Pick<Place, 'aws' | 'identity'>;

/**
 * Reads a topic; undefined where there is none. One of another account or region is described by its ARN alone.
 * @param key what the topology calls it. @throws AppError when a call is refused.
 */
export async function readTopic(
  { aws, identity }: Target,
  arn: string,
  key: string,
): Promise<FoundTopic | undefined> {
  const parts = parseArn(arn);
  const name = parts?.resource ?? arn;
  const isElsewhere =
    parts?.region !== identity.region ||
    (identity.account !== undefined && parts.account !== identity.account);
  const [attributes, subscriptions, tags] = await Promise.all([
    getTopicAttributes(aws, arn),
    listTopicSubscriptions(aws, arn),
    isElsewhere ? {} : topicTags(aws, arn),
  ]);
  if (!attributes || !subscriptions || !tags) return undefined;
  const own = {
    displayName: attributes.DisplayName ?? '',
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    kmsKey: attributes[KEY_ATTRIBUTE] || undefined,
    tags: ownTags(tags),
  };
  const none = { displayName: '', contentBasedDeduplication: false, tags: {}, arn };
  const spec = { key, name, fifo: name.endsWith('.fifo'), ...(isElsewhere ? none : own) };
  return { spec, arn, tags, subscriptions };
}

/** A subscription as it stands, to the letter. */
export interface FoundSubscription {
  readonly spec: SubscriptionSpec;
  /** Its own dead-letter queue, which a topology doesn't describe: its ARN. */
  readonly deadLetterArn: string | undefined;
}

/** Reads a subscription. @throws AppError when it may not be read. */
export async function readSubscription(
  { aws }: Target,
  topic: FoundTopic,
  { arn }: Subscription,
): Promise<FoundSubscription> {
  const {
    FilterPolicy = '',
    FilterPolicyScope,
    RawMessageDelivery,
    RedrivePolicy,
  } = (await getSubscriptionAttributes(aws, arn)) ?? {};
  const isNone = /^\s*(?:\{\s*\})?\s*$/.test(FilterPolicy);
  return {
    spec: {
      topic: topic.spec.key,
      filterPolicy: isNone ? undefined : FilterPolicy,
      filterPolicyScope:
        !isNone && FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes',
      rawDelivery: RawMessageDelivery?.toLowerCase() === 'true',
    },
    deadLetterArn: readRedrive(RedrivePolicy).deadLetterArn,
  };
}

/** The tags that somebody gave it, without AWS's and those that say whose it is. */
function ownTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  const reserved: readonly string[] = [MANAGED_TAG.key, TOPOLOGY_TAG_KEY, SETS_TAG_KEY];
  return Object.fromEntries(
    Object.entries(tags).filter(
      ([key]) => !/^aws:/i.test(key) && !key.startsWith('pubsub:') && !reserved.includes(key),
    ),
  );
}
