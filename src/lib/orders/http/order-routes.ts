import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { LOCK_TIMEOUT_MS } from '../../database/limits.ts';
import type { ApiAnswer, ApiRequest, ApiRoute } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { invalidFields, Problem } from '../../http/problem.ts';
import { createTurns } from '../../http/turns.ts';
import { NEXT_STATUSES, type NewOrder, type OrderChange, orderJson } from '../order.ts';
import type { IdempotencyKey, OrderStore } from '../order-store.ts';
import { busy } from './order-failures.ts';
import { missingId, unknownOrder } from './order-problems.ts';
import { listQuery, newOrder, orderChange, orderId, orderReplacement, wrapped } from './schemas.ts';

/** What the order routes work with. */
export interface OrderRoutes {
  readonly store: OrderStore;
  /** Told each time an order was stored with an event that is to be published. */
  readonly onEvent: () => void;
}

/**
 * Changes under way at the most, and milliseconds that one waits for its turn. Of one order there is one at a time: those
 * that come meanwhile would each wait for its row on a connection of their own, until none is left for anybody else.
 */
const CHANGES = { most: 4, patienceMs: () => LOCK_TIMEOUT_MS, busy };

const KEY_HEADER = 'Idempotency-Key';

/** `/orders` and `/orders/:id`. */
export function orderRoutes(routes: OrderRoutes): ApiRoute[] {
  const { store, onEvent } = routes;
  const turns = createTurns(CHANGES);

  const change = (schema: z.ZodType<OrderChange>) => async (request: ApiRequest) => {
    const id = idOf(request);
    const wanted = orderIn(request, schema);
    const outcome = await turns.take(id, () => store.change(id, wanted, request.traceparent));
    if (outcome.kind === 'unknown') throw unknownOrder();
    if (outcome.kind === 'refused') throw refusedMove(outcome.from, wanted.status ?? '');
    if (outcome.announced) onEvent();
    return { status: 200, body: orderJson(outcome.order) };
  };

  return [
    { method: 'GET', path: '/orders', handle: (request) => list(store, request) },
    {
      method: 'POST',
      path: '/orders',
      handle: async (request) => {
        const order = orderIn(request, newOrder);
        const key = keyOf(request.headers['idempotency-key'], order);
        return create(routes, order, key, request.traceparent);
      },
    },
    {
      method: 'GET',
      path: '/orders/:id',
      handle: async (request) => {
        const order = await store.find(idOf(request));
        if (order === undefined) throw unknownOrder();
        return { status: 200, body: orderJson(order) };
      },
    },
    { method: 'PATCH', path: '/orders/:id', handle: change(orderChange) },
    { method: 'PUT', path: '/orders/:id', handle: change(orderReplacement) },
  ];
}

async function list(store: OrderStore, request: ApiRequest): Promise<ApiAnswer> {
  const { cursor, ...query } = check(listQuery, request.query, 'query');
  const { orders, next } = await store.list({ ...query, before: cursor });
  const page = JSON.stringify({ limit: query.limit, next_cursor: next ? String(next) : null });
  const body = `{"orders":[${orders.map(orderJson).join(',')}],"page":${page}}`;
  if (next === undefined) return { status: 200, body };
  const after = new URLSearchParams({ cursor: String(next) });
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) after.set(name, String(value));
  }
  return { status: 200, body, headers: { link: `</orders?${after}>; rel="next"` } };
}

async function create(
  { store, onEvent }: OrderRoutes,
  { user_id, total }: NewOrder,
  key: IdempotencyKey | undefined,
  traceparent: string | undefined,
): Promise<ApiAnswer> {
  // A key that is forgotten between the two looks is as good as new.
  for (let attempt = 0; attempt < 3; attempt++) {
    const order = await store.create({ user_id, total }, key, traceparent);
    if (order !== undefined) {
      onEvent();
      const headers = { location: `/orders/${order.id}` };
      return { status: 201, body: orderJson(order), headers };
    }
    const first = key && (await store.findAnswer(key));
    if (first === undefined) continue;
    if (first.hash !== key?.hash) {
      throw invalidFields({ [KEY_HEADER]: ['was used for another order'] });
    }
    // An earlier version wrapped its answers.
    const body = first.body.replace(/^{"order":(.*)}$/, '$1');
    const location = `/orders/${/^{"id":(\d+)/.exec(body)?.[1]}`;
    return { status: first.status, body, headers: { location, 'idempotency-replayed': 'true' } };
  }
  throw new Problem(409, 'Conflict', `The ${KEY_HEADER} is used by other requests just now.`);
}

/**
 * The fields of an order in a body: in `{"order": {…}}`, or bare.
 * @throws Problem 400 without a body, 422 with the messages of each field
 */
function orderIn<T>({ body }: ApiRequest, schema: z.ZodType<T>): T {
  if (body === undefined) throw new Problem(400, 'MalformedJson', 'The body is missing.');
  const isBare = isObject(body) && !Object.hasOwn(body, 'order');
  return check(wrapped(schema), isBare ? { order: body } : body, 'order').order;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An id that can't be one names no order. */
function idOf({ params: { id: text = '' } }: ApiRequest): number {
  if (text === '') throw missingId();
  const id = orderId.safeParse(text);
  if (!id.success) throw unknownOrder();
  return id.data;
}

/** The key of a request and what it stands for: two writings of one order are the same request. */
function keyOf(
  header: string | string[] | undefined,
  { user_id, total }: NewOrder,
): IdempotencyKey | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[!-~]{1,255}$/.test(header)) {
    throw invalidFields({ [KEY_HEADER]: ['must be 1 to 255 visible ASCII characters'] });
  }
  const hash = createHash('sha256').update(`${user_id} ${total}`).digest('hex');
  return { key: header, hash };
}

function refusedMove(from: keyof typeof NEXT_STATUSES, to: string): Problem {
  const next = NEXT_STATUSES[from];
  const allowed = next.length > 0 ? `only to ${next.join(' or ')}` : 'no more';
  return invalidFields({ status: [`can't change from ${from} to ${to}: ${allowed}`] });
}
