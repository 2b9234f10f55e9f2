import type { BeginningId } from '../../rules/message-log.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import { IdSet } from './id-set.ts';
import type { MessageLog } from './message-log.ts';

/** Ids of messages that are followed at the most: a topic may have a hundred thousand queues. */
const MAX_IDS = 200_000;

/**
 * What happened to a message, the oldest first, from the topic through every queue: also under the ids that it has in
 * queues, and that it was given when it was sent back from a dead-letter queue.
 * @param id in a topic or in a queue.
 */
export function wayOf(log: MessageLog, id: string): MessageEvent[] {
  const ids = new IdSet([firstIdOf(log, id)]);
  /** Digests of dead letters' bodies: what is sent with one of them later is such a letter, sent back. */
  const dead = new Set<number>();
  const way: MessageEvent[] = [];
  for (const record of log.records()) {
    const { kind } = record;
    const isKnown = record.hasId(ids) || (kind === 'delivered' && record.hasOtherId(ids));
    if (!isKnown && (kind !== 'sent' || dead.size === 0)) continue;
    const event = record.read();
    if (!isKnown && event.kind === 'sent' && !dead.has(event.bodyDigest)) continue;
    way.push(event);
    if (event.kind === 'dead-lettered') dead.add(event.bodyDigest);
    if (ids.size >= MAX_IDS) continue;
    ids.add(event.messageId);
    if (event.kind === 'moved') ids.add(event.newMessageId);
  }
  return way;
}

/** The id that a message had first: in the topic, or in the first queue that it was sent to. */
function firstIdOf(log: MessageLog, id: string): string {
  let current = id;
  let ids = new IdSet([id]);
  let sentBody: number | undefined;
  for (const record of log.recordsBackwards()) {
    const { kind } = record;
    const isOrigin =
      (kind === 'delivered' && record.hasId(ids)) || (kind === 'moved' && record.hasOtherId(ids));
    const mayBe =
      kind === 'sent' ? record.hasId(ids) : kind === 'dead-lettered' && sentBody !== undefined;
    if (!isOrigin && !mayBe) continue;
    const event = record.read();
    if (event.kind === 'sent') {
      sentBody = event.bodyDigest;
      continue;
    }
    if (event.kind === 'dead-lettered' && event.bodyDigest !== sentBody) continue;
    current = event.kind === 'delivered' ? event.topicMessageId : event.messageId;
    ids = new IdSet([current]);
    sentBody = undefined;
  }
  return current;
}

/** How far messages came. */
export interface Reach {
  /** Subscriptions that the topic had when it accepted the message. */
  readonly subscriptions: number;
  /** Queues and functions that took it. */
  readonly delivered: number;
}

/** How many queues and functions each message reached, by its id in the topic; nothing of those that are not known any more. */
export function reachOf(log: MessageLog, messageIds: Iterable<string>): Map<string, Reach> {
  const ids = new IdSet(messageIds);
  const found = new Map<string, Reach>();
  for (const record of log.records()) {
    const { kind } = record;
    const isOfOne =
      kind === 'published' || kind === 'invoked'
        ? record.hasId(ids)
        : kind === 'delivered' && record.hasOtherId(ids);
    if (!isOfOne) continue;
    const event = record.read();
    if (event.kind === 'published') {
      found.set(event.messageId, { subscriptions: event.subscriptions, delivered: 0 });
      continue;
    }
    const id = event.kind === 'delivered' ? event.topicMessageId : event.messageId;
    const before = found.get(id);
    if (before) found.set(id, { ...before, delivered: before.delivered + 1 });
  }
  return found;
}

/** Ids that one answer has at the most. */
const MAX_BEGINNING = 100;

/** The ids that begin with a text, each with its message: of messages, and of invocations that took some. */
export function idsBeginning(log: MessageLog, start: string): BeginningId[] {
  const found = new Map<string, BeginningId>();
  const bytes = Buffer.from(start, 'latin1');
  for (const record of log.records()) {
    for (const id of record.idsBeginning(bytes)) {
      const { messageId } = record.read();
      found.set(`${id} ${messageId}`, { id, messageId });
      if (found.size >= MAX_BEGINNING) return [...found.values()];
    }
  }
  return [...found.values()];
}
