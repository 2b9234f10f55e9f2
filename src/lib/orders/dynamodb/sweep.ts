import { type ItemValues, queryItems } from '../../aws/table-access.ts';
import type { OutboxLag } from '../../outbox/outbox-counts.ts';
import { MAX_BATCH_ENTRIES } from '../../rules/limits.ts';
import { type OrderItem, WAITING } from './order-item.ts';
import type { OrderItems } from './order-items.ts';
import { ORDER_INDEXES } from './orders-table.ts';

/** Orders of one sweep: their events are one request to the topic. */
export const SWEEP_SIZE = MAX_BATCH_ENTRIES;
/** Milliseconds for which what a sweep takes is kept from others: longer than it takes to publish it. */
const CLAIM_MS = 30_000;

/**
 * Takes orders whose events have waited too long: their call was killed, or the topic was away. Each is kept from others
 * for a while; what this process doesn't get to publish is due again then.
 */
export async function claimOverdue(items: OrderItems): Promise<OrderItem[]> {
  const now = Date.now();
  const found = await queryItems(items.aws, items.table, {
    expression: '#outbox = :waiting AND due <= :now',
    names: { '#outbox': 'outbox' },
    values: { ':waiting': WAITING, ':now': now },
    index: ORDER_INDEXES.unpublished,
    newestFirst: false,
    limit: SWEEP_SIZE,
  });
  const claims = found.map(async ({ id }) => {
    const item = await items.read(Number(id));
    // The index follows the table within moments: it may be published, or taken by another.
    if (item === undefined || item.events.length === 0 || item.due > now) return undefined;
    return items.replace(item, { due: now + CLAIM_MS });
  });
  return (await Promise.all(claims)).filter((item) => item !== undefined);
}

/** What waits, as far as one page of the index says it (1 MB, some ten thousand orders). */
export async function readWaiting({ aws, table }: OrderItems): Promise<OutboxLag> {
  const found = await queryItems(aws, table, {
    expression: '#outbox = :waiting',
    names: { '#outbox': 'outbox' },
    values: { ':waiting': WAITING },
    index: ORDER_INDEXES.unpublished,
    newestFirst: false,
  });
  const oldest = found.reduce((least, { since }) => Math.min(least, Number(since)), Infinity);
  return {
    waiting: found.length,
    failing: found.filter((item: ItemValues) => item.last_error !== undefined).length,
    oldestAgeSeconds: found.length === 0 ? null : Math.max(0, (Date.now() - oldest) / 1000),
  };
}
