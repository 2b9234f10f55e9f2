import type { SnsState } from './state.ts';
import { TABLES } from './tables.ts';
import type { Subscription, Topic } from './topic.ts';

/** A topic in the journal. */
export interface StoredTopic {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly fifo: boolean;
  readonly serial: number;
  readonly attributes: readonly (readonly [string, string])[];
  readonly tags: readonly (readonly [string, string])[];
  readonly dataProtectionPolicy?: string;
  readonly deleted: number;
}

/** A subscription in the journal. */
export interface StoredSubscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly owner: string;
  readonly region: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly principal: string;
  readonly serial: number;
  readonly attributes: readonly (readonly [string, string])[];
  readonly pending?: boolean;
  readonly token?: string;
  readonly authenticated: boolean;
  readonly created: number;
  readonly orphaned?: number;
}

/** Puts a new or changed topic into the journal. */
export function storeTopic(state: SnsState, topic: Topic): void {
  const { arn, name, account, region, fifo, serial, deleted, dataProtectionPolicy } = topic;
  const stored: StoredTopic = {
    arn,
    name,
    account,
    region,
    fifo,
    serial,
    deleted,
    attributes: [...topic.attributes],
    tags: [...topic.tags],
    ...(dataProtectionPolicy === undefined ? {} : { dataProtectionPolicy }),
  };
  state.parts.journal.put(TABLES.topics, arn, stored);
}

/** Puts a new or changed subscription into the journal. */
export function storeSubscription(state: SnsState, subscription: Subscription): void {
  state.parts.journal.put(TABLES.subscriptions, subscription.arn, toStored(subscription));
}

function toStored(subscription: Subscription): StoredSubscription {
  const { settings, attributes, token, orphaned, ...rest } = subscription;
  return {
    ...rest,
    attributes: [...attributes],
    ...(token === undefined ? {} : { token }),
    ...(orphaned === undefined ? {} : { orphaned }),
  };
}

/** Keeps a subscription that ended, so that its token restores it. */
export function withdraw(state: SnsState, subscription: Subscription, token: string): void {
  const withdrawn: Subscription = { ...subscription, token };
  state.withdrawn.set(token, withdrawn);
  state.parts.journal.put(TABLES.withdrawn, token, toStored(withdrawn));
}

/** The subscription that a token restores; it is forgotten here. */
export function takeWithdrawn(state: SnsState, token: string): Subscription | undefined {
  const withdrawn = state.withdrawn.get(token);
  if (withdrawn === undefined) return undefined;
  state.withdrawn.delete(token);
  state.parts.journal.remove(TABLES.withdrawn, token);
  return withdrawn;
}

/** Puts a subscription where it is looked for; the journal is left alone. */
export function keepSubscription(state: SnsState, subscription: Subscription): void {
  const { arn, topicArn, token, orphaned } = subscription;
  state.subscriptions.set(arn, subscription);
  if (token !== undefined) state.tokens.set(token, subscription);
  if (orphaned === undefined) state.topics.get(topicArn)?.subscriptions.set(arn, subscription);
}

/** Forgets a topic with all that belongs to it alone; its subscriptions stay. */
export function dropTopic(state: SnsState, topic: Topic): void {
  state.topics.delete(topic.arn);
  state.history.forget(topic.arn);
  state.parts.journal.remove(TABLES.topics, topic.arn);
  if (topic.fifo) {
    state.parts.journal.remove(TABLES.sequences, topic.arn);
    state.deduplication.forgetTopic(topic.arn);
    state.archive.drop(topic);
  }
}

/** Forgets a subscription. */
export function dropSubscription(state: SnsState, subscription: Subscription): void {
  state.subscriptions.delete(subscription.arn);
  if (subscription.token !== undefined) state.tokens.delete(subscription.token);
  state.orphans.delete(subscription);
  state.topics.get(subscription.topicArn)?.subscriptions.delete(subscription.arn);
  state.parts.journal.remove(TABLES.subscriptions, subscription.arn);
}
