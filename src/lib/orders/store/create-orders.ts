import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import { FIRST_STATUS, type NewOrder, type Order } from '../order.ts';
import type { IdempotencyKey, OrderStore } from '../order-store.ts';
import { creationSql } from './creation-sql.ts';

/** Stores orders, and their events with them, in one transaction. */
export type OrderCreator = Pick<OrderStore, 'create'>;

export interface OrderCreatorOptions {
  /** Whether events are written; true unless measuring. */
  readonly announce?: boolean;
}

/** Orders in one statement at the most. */
const MOST = 200;
/** Statements at once: PGlite runs one at a time anyway, and orders that wait go together in the next. */
const FLIGHTS = { pglite: 1, postgres: 2 };

interface Waiting {
  readonly order: NewOrder;
  readonly key: IdempotencyKey | undefined;
  readonly traceparent: string | undefined;
  readonly eventId: string;
  resolve(order: Order | undefined): void;
  reject(error: unknown): void;
}

/**
 * Gathers orders of concurrent requests into statements: an order that comes alone goes at once, and those that come
 * while a statement runs share the next, its parsing, round trip and commit.
 */
export function createOrderCreator(
  database: Database,
  { announce = true }: OrderCreatorOptions = {},
): OrderCreator {
  const sql = creationSql(announce);
  const waiting: Waiting[] = [];
  let flying = 0;

  const store = async (batch: readonly Waiting[]): Promise<void> => {
    const { rows } = await database.query<{ n: string; id: string; at: Date }>(sql, [
      batch.map(({ order }) => order.user_id),
      batch.map(({ order }) => order.total),
      batch.map(({ eventId }) => eventId),
      batch.map(({ key }) => key?.key ?? null),
      batch.map(({ key }) => key?.hash ?? null),
      batch.map(({ traceparent }) => traceparent ?? null),
    ]);
    const stored = new Map(rows.map((row) => [Number(row.n), row]));
    for (const [index, { order, resolve }] of batch.entries()) {
      const row = stored.get(index + 1);
      const at = row?.at.toISOString() ?? '';
      resolve(
        row && {
          ...order,
          id: Number(row.id),
          status: FIRST_STATUS,
          created_at: at,
          updated_at: at,
        },
      );
    }
  };

  const storeOrReject = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await store(batch);
    } catch (error) {
      if (batch.length > 1 && wasRefused(error)) {
        // One of them spoilt it for the others, and none was stored.
        for (const each of batch) await storeOrReject([each]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  };

  const fly = async (): Promise<void> => {
    flying++;
    while (waiting.length > 0) {
      // The embedded database works in this thread: only between its statements are other requests read.
      if (database.kind === 'pglite') await setImmediate();
      await storeOrReject(nextBatch(waiting));
    }
    flying--;
  };

  return {
    create: (order, key, traceparent) =>
      new Promise((resolve, reject) => {
        waiting.push({ order, key, traceparent, eventId: randomUUID(), resolve, reject });
        if (flying < FLIGHTS[database.kind]) void fly();
      }),
  };
}

/** Takes the first of the line; of several with one key the first only, so that the others find it used. */
function nextBatch(waiting: Waiting[]): Waiting[] {
  const keys = new Set<string>();
  const batch: Waiting[] = [];
  const later: Waiting[] = [];
  for (const each of waiting.splice(0, MOST)) {
    const key = each.key?.key;
    if (key !== undefined && keys.has(key)) {
      later.push(each);
      continue;
    }
    if (key !== undefined) keys.add(key);
    batch.push(each);
  }
  waiting.unshift(...later);
  return batch;
}

/** Whether the database refused the statement for what is in it, so that certainly nothing was stored. */
function wasRefused(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|23|40)/.test(code);
}
