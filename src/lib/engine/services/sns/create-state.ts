import type { EngineParts } from '../../parts.ts';
import { Archive } from './archive.ts';
import { subscriptionSettings, topicSettings } from './attributes.ts';
import { Deduplication } from './deduplication.ts';
import { deliverToDeadLetterQueue } from './delivery/dead-letter.ts';
import { HttpDeliveries } from './delivery/http/deliveries.ts';
import { Signer } from './delivery/signer.ts';
import { DeliverySink } from './delivery/sink.ts';
import { History } from './history.ts';
import { PlatformState } from './platform/state.ts';
import { Repeats } from './repeats.ts';
import type { SnsPorts, SnsState } from './state.ts';
import { keepSubscription, type StoredSubscription, type StoredTopic } from './stored.ts';
import { TABLES } from './tables.ts';
import type { Subscription } from './topic.ts';

/** The state that the journal holds; empty at the first start. */
export function createSnsState(parts: EngineParts, ports: SnsPorts): SnsState {
  const sink = new DeliverySink();
  const state: SnsState = {
    parts,
    ...ports,
    topics: new Map(),
    subscriptions: new Map(),
    tokens: new Map(),
    orphans: new Set(),
    deduplication: new Deduplication(parts),
    signer: new Signer(parts.journal, parts.clock),
    history: new History(parts.clock.timestamp()),
    repeats: new Repeats(),
    archive: new Archive(parts),
    sink,
    http: new HttpDeliveries({
      parts,
      sink,
      isSubscribed: (arn) => state.subscriptions.has(arn),
      deadLetter: (arn, message) => {
        const queueArn = state.subscriptions.get(arn)?.settings.deadLetterArn;
        if (queueArn === undefined) return undefined;
        return deliverToDeadLetterQueue({ state }, queueArn, message) ? queueArn : undefined;
      },
    }),
    platform: new PlatformState(parts),
    withdrawn: new Map(),
    nextSerial: 1,
  };
  if (parts.journal.durable) {
    restoreTopics(state);
    restoreSubscriptions(state);
    restoreWithdrawn(state);
    state.http.restore();
  }
  return state;
}

function restoreTopics(state: SnsState): void {
  const stored = values<StoredTopic>(state, TABLES.topics);
  for (const each of stored.sort((a, b) => a.serial - b.serial)) {
    const attributes = new Map(each.attributes);
    state.topics.set(each.arn, {
      ...each,
      attributes,
      tags: new Map(each.tags),
      dataProtectionPolicy: each.dataProtectionPolicy,
      subscriptions: new Map(),
      sequence: 0,
      settings: topicSettings(attributes),
    });
    state.nextSerial = Math.max(state.nextSerial, each.serial + 1);
  }
  for (const { key, value } of state.parts.journal.entries(TABLES.sequences)) {
    const topic = state.topics.get(String(key));
    if (topic !== undefined) topic.sequence = Number(value);
  }
}

function restoreSubscriptions(state: SnsState): void {
  const stored = values<StoredSubscription>(state, TABLES.subscriptions);
  for (const each of stored.sort((a, b) => a.serial - b.serial)) {
    keepSubscription(state, restored(each));
    state.nextSerial = Math.max(state.nextSerial, each.serial + 1);
  }
  const orphans = [...state.subscriptions.values()].filter((each) => each.orphaned !== undefined);
  orphans.sort((a, b) => (a.orphaned ?? 0) - (b.orphaned ?? 0));
  for (const each of orphans) state.orphans.add(each);
}

function restoreWithdrawn(state: SnsState): void {
  for (const each of values<StoredSubscription>(state, TABLES.withdrawn)) {
    state.withdrawn.set(each.token ?? '', restored(each));
  }
}

function restored(stored: StoredSubscription): Subscription {
  const attributes = new Map(stored.attributes);
  return {
    ...stored,
    attributes,
    pending: stored.pending ?? stored.token !== undefined,
    token: stored.token,
    orphaned: stored.orphaned,
    settings: subscriptionSettings(attributes),
  };
}

/** The journal holds only what this engine put there, so its values have the types that it put. */
function values<Value>(state: SnsState, table: string): Value[] {
  return Array.from(state.parts.journal.entries(table), ({ value }) => value as Value);
}
