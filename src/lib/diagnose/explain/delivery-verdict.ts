import { isDeepStrictEqual } from 'node:util';
import type { FunctionSpec, SubscriberSpec, SubscriptionSpec } from '../../definition/topology.ts';
import { explainFilterPolicy } from '../../rules/filter-policy/explain.ts';
import { type FilterableMessage, parseFilterPolicy } from '../../rules/filter-policy/index.ts';
import { MAX_MESSAGE_ATTRIBUTES } from '../../rules/limits.ts';
import { declaredTaker, type Taker, type Taking, takingOf } from './taker.ts';

/** Why a message doesn't reach a subscriber. */
export interface DeliveryObstacle {
  /** What stops it: `filter policy`, `raw delivery`, or a hop such as `subscription` or `queue policy`. */
  readonly by: string;
  /** The clause of the filter policy as JSON; undefined for other obstacles. */
  readonly clause: string | undefined;
  /** One sentence. */
  readonly words: string;
  /** What may have been meant, or what would fix it. */
  readonly hint: string | undefined;
}

/** Whether a message reaches a subscriber's queue, as far as that is decided before it gets there. */
export interface DeliveryVerdict {
  readonly subscriber: string;
  readonly delivered: boolean;
  /** Everything that stops it; empty where nothing does. */
  readonly obstacles: readonly DeliveryObstacle[];
  /** Whether the subscription filters at all. */
  readonly filtered: boolean;
  /** What can't be told, in sentences: then it counts as not delivered. */
  readonly unknown: readonly string[];
  /** What a function does with it; undefined where it isn't delivered, or none takes from the queue. */
  readonly taking: Taking | undefined;
}

/** Whether a message arrives where it should: in the queue, and in the function that takes from that, where one does. */
export function arrives({ delivered, taking }: DeliveryVerdict): boolean {
  return delivered && (taking?.handled ?? true);
}

/**
 * Whether something keeps a message away that is wrong, or can't be told. A filter that is what the file says works as it
 * was written. @param policies of the subscription: the live one, and the file's.
 */
export function isBroken(
  verdict: DeliveryVerdict,
  policies: Readonly<Record<'live' | 'file', string | undefined>>,
): boolean {
  const { obstacles, unknown, taking } = verdict;
  if (arrives(verdict)) return false;
  if (unknown.length > 0 || taking?.handled === false) return true;
  return obstacles.some(({ by }) => by !== FILTER) || !samePolicy(policies.live, policies.file);
}

function samePolicy(a = '{}', b = '{}'): boolean {
  return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
}

const FILTER = 'filter policy';

/** What of a subscriber and its subscription decides. */
export type Recipient = Pick<SubscriberSpec, 'name'> &
  Omit<SubscriptionSpec, 'topic'> & {
    /** The function that takes from its queue, where one does. */
    readonly taker?: Taker | undefined;
  };

/** The subscribers that a topic has, each with its subscription to it. @param topic its key. */
export function recipientsOf(
  subscribers: readonly SubscriberSpec[],
  topic: string,
  functions: readonly FunctionSpec[] = [],
): Recipient[] {
  return subscribers.flatMap(({ name, subscriptions, handler }) =>
    subscriptions.flatMap(({ topic: source, ...subscription }) =>
      source === topic
        ? [{ name, ...subscription, taker: declaredTaker({ handler }, functions) }]
        : [],
    ),
  );
}

/** What is known of the way to a queue besides the subscription's settings; nothing where only the file is asked. */
export interface Way {
  readonly obstacles: readonly DeliveryObstacle[];
  readonly unknown: readonly string[];
}

const CLEAR_WAY: Way = { obstacles: [], unknown: [] };

/**
 * Whether SNS would hand a message to a subscriber, decided by its subscription's settings with the engine's own
 * matching, and by what else is in its way. Calls nobody.
 * @throws InvalidFilterPolicy where the policy is one that SNS refuses.
 */
export function explainDelivery(
  recipient: Recipient,
  message: FilterableMessage,
  way: Way = CLEAR_WAY,
): DeliveryVerdict {
  const { name, rawDelivery, filterPolicy, filterPolicyScope, taker } = recipient;
  const policy =
    filterPolicy === undefined ? undefined : parseFilterPolicy(filterPolicy, filterPolicyScope);
  const filtered = policy !== undefined && policy.rules.length > 0;
  const explanation = policy && explainFilterPolicy(policy, message);
  const obstacles: DeliveryObstacle[] = [...way.obstacles];
  if (explanation?.matched === false) {
    for (const reason of explanation.reasons) obstacles.push({ by: FILTER, ...reason });
  }
  const attributes = Object.keys(message.attributes).length;
  if (rawDelivery && attributes > MAX_MESSAGE_ATTRIBUTES) {
    obstacles.push({
      by: 'raw delivery',
      clause: undefined,
      words: `The message has ${attributes} attributes; with raw delivery SNS drops what has more than ${MAX_MESSAGE_ATTRIBUTES}.`,
      hint: 'Publish fewer attributes, or set rawDelivery to false.',
    });
  }
  const { unknown } = way;
  const delivered = obstacles.length === 0 && unknown.length === 0;
  const text = message.body ?? '';
  const taking =
    delivered && taker !== undefined ? takingOf(taker, { text, isRaw: rawDelivery }) : undefined;
  return { subscriber: name, delivered, obstacles, filtered, unknown, taking };
}
