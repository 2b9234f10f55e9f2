import type { Check } from '../check.ts';
import type { BranchFacts, SubscriberFacts, TopicFacts } from '../facts.ts';
import { consumers } from './consumers.ts';
import { deadLetters } from './dead-letters.ts';
import { deduplication } from './deduplication.ts';
import { delivery } from './delivery.ts';
import { encryptionKey } from './encryption-key.ts';
import { filter } from './filter.ts';
import { functionThere, mapping, strayMapping } from './function.ts';
import { queue } from './queue.ts';
import { dlqAttributes, queueAttributes } from './queue-attributes.ts';
import { queuePolicy } from './queue-policy.ts';
import { redrive } from './redrive.ts';
import { subscription } from './subscription.ts';
import { topic } from './topic.ts';
import { topicPolicy } from './topic-policy.ts';

/** Checks of a topic, in the order of a message's way. */
export const TOPIC_CHECKS: readonly Check<TopicFacts>[] = [topic, topicPolicy, deduplication];

/** Checks of each way from a topic into a subscriber's queue. A new check is one more entry. */
export const BRANCH_CHECKS: readonly Check<BranchFacts>[] = [
  subscription,
  delivery,
  filter,
  queuePolicy,
  encryptionKey,
];

/** Further checks of each subscriber whose messages a function handles. */
export const FUNCTION_CHECKS: readonly Check<SubscriberFacts>[] = [functionThere, mapping];

/** Further checks of each subscriber from whose queue functions take that the topology doesn't say. */
export const STRAY_CHECKS: readonly Check<SubscriberFacts>[] = [strayMapping];

/** Checks of each subscriber's queues, in the order of a message's way. */
export const SUBSCRIBER_CHECKS: readonly Check<SubscriberFacts>[] = [
  queue,
  queueAttributes,
  redrive,
  dlqAttributes,
  deadLetters,
  consumers,
];
