import { backoffDelay } from '../../aws/backoff.ts';
import type { ClaimedEvent } from '../../outbox/outbox.ts';
import { EVENT_BACKOFF } from '../../outbox/relay-round.ts';
import type { Publisher } from '../../publish/publisher.ts';
import type { OrderItem, WaitingEvent } from './order-item.ts';
import type { OrderItems } from './order-items.ts';

/** Seconds for which a request to the topic is made again: whoever asked for an order waits meanwhile. */
const RETRY_FOR_SECONDS = 1;
/** Milliseconds after which events are due again that could not be published because nothing could. */
const TOPIC_AWAY_MS = 10_000;
/** Writes that are tried to say that events were published, while others write the order. */
const SETTLE_ATTEMPTS = 5;

/** What became of events that were to be published. */
export interface Announced {
  readonly published: number;
  /** Events that the topic refused, each for a reason of its own. */
  readonly refused: number;
  /** Why nothing can be published now; undefined where it can. */
  readonly fatal: Error | undefined;
}

interface Progress {
  readonly item: OrderItem;
  readonly delivered: Set<string>;
  refusal: string | undefined;
}

/**
 * Publishes the events of orders, those of one order one after the other, and takes them out of their items. What isn't
 * published for sure stays: an event may arrive twice, and none is lost.
 * @throws AppError where the table can't be written; what was published is published again later
 */
export async function announce(
  items: OrderItems,
  publisher: Publisher<ClaimedEvent>,
  orders: readonly OrderItem[],
): Promise<Announced> {
  const all = orders.map((item): Progress => ({ item, delivered: new Set(), refusal: undefined }));
  let fatal: Error | undefined;
  for (let turn = 0; fatal === undefined; turn++) {
    const heads = all.flatMap((progress) => headOf(progress, turn));
    if (heads.length === 0) break;
    const byId = new Map(heads.map(({ event, progress }) => [event.eventId, progress]));
    const report = await publisher.publish(heads, {
      retryFor: RETRY_FOR_SECONDS,
      onPublished: ({ event }) => byId.get(event.eventId)?.delivered.add(event.eventId),
      onFailed: ({ item: { event }, message, fatal: ended }) => {
        const progress = byId.get(event.eventId);
        if (progress !== undefined && !ended) progress.refusal = message;
      },
    });
    fatal = report.fatal;
  }
  await Promise.all(all.map((progress) => settle(items, progress, fatal)));
  const count = (of: (progress: Progress) => number) =>
    all.reduce((sum, progress) => sum + of(progress), 0);
  return {
    published: count(({ delivered }) => delivered.size),
    refused: count(({ refusal }) => (refusal === undefined ? 0 : 1)),
    fatal,
  };
}

/** The event that is next of an order, where all before it were published. */
function headOf(progress: Progress, turn: number) {
  const { item, delivered } = progress;
  const event = item.events[turn];
  if (event === undefined || delivered.size < turn) return [];
  return [{ event: claimed(item, event), progress }];
}

function claimed({ order, attempts, since }: OrderItem, event: WaitingEvent): ClaimedEvent {
  const { id, type, payload } = event;
  return {
    id,
    key: String(order.id),
    eventId: id,
    eventType: type,
    payload,
    attempts,
    ageSeconds: (Date.now() - since) / 1000,
  };
}

/** Writes down what became of an order's events; others may write the order meanwhile, with further ones. */
async function settle(
  items: OrderItems,
  { item, delivered, refusal }: Progress,
  fatal: Error | undefined,
): Promise<void> {
  let current: OrderItem | undefined = item;
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS && current !== undefined; attempt++) {
    const events = current.events.filter(({ id }) => !delivered.has(id));
    // Others were as fast, and wrote it down.
    if (events.length === 0 && current.events.length === 0) return;
    const outcome = outcomeOf(current, delivered.size > 0, refusal, fatal);
    if (await items.replace(current, { events, ...outcome })) return;
    current = await items.read(item.order.id);
  }
}

function outcomeOf(
  { attempts, due }: OrderItem,
  wasPublished: boolean,
  refusal: string | undefined,
  fatal: Error | undefined,
): Partial<OrderItem> {
  const before = wasPublished ? 0 : attempts;
  if (refusal !== undefined) {
    const delay = backoffDelay(EVENT_BACKOFF, before + 1);
    return { attempts: before + 1, due: Date.now() + delay, lastError: refusal };
  }
  if (fatal !== undefined) {
    return { attempts: before, due: Date.now() + TOPIC_AWAY_MS, lastError: fatal.message };
  }
  // What others have added meanwhile they publish, or leave until it is due.
  return { attempts: 0, due, lastError: undefined };
}
