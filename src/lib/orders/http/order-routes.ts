import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Database } from '../database.ts';
import { LOCK_TIMEOUT_MS } from '../limits.ts';
import { NEXT_STATUSES, type NewOrder, type OrderChange, orderJson } from '../order.ts';
import { changeOrder } from '../store/change-order.ts';
import type { IdempotencyKey, OrderCreator } from '../store/create-orders.ts';
import { findOrder, findOrders } from '../store/find-orders.ts';
import { findAnswer } from '../store/idempotency.ts';
import { check } from './check.ts';
import { invalidFields, missingId, Problem, unknownOrder } from './problem.ts';
import { listQuery, newOrder, orderChange, orderId, orderReplacement, wrapped } from './schemas.ts';
import { createTurns } from './turns.ts';

/** What the order routes work with. */
export interface OrderRoutes {
  readonly database: Database;
  readonly creator: OrderCreator;
  /** Told after each commit that put an event into the outbox. */
  readonly onEvent: () => void;
}

/**
 * Changes under way at the most, and milliseconds that one waits for its turn. Of one order there is one at a time: those
 * that come meanwhile would each wait for its row on a connection of their own, until none is left for anybody else.
 */
const CHANGES = { most: 4, patienceMs: LOCK_TIMEOUT_MS };

const JSON_TYPE = 'application/json; charset=utf-8';
const KEY_HEADER = 'Idempotency-Key';

/** Adds `/orders` and `/orders/:id`. */
export function addOrderRoutes(app: FastifyInstance, routes: OrderRoutes): void {
  const { database, onEvent } = routes;
  const turns = createTurns(CHANGES);

  app.post('/orders', async (request, reply) => {
    const order = orderIn(request, newOrder);
    const key = keyOf(request.headers['idempotency-key'], order);
    return send(reply, await create(routes, order, key));
  });

  app.get('/orders', async (request, reply) => {
    const { cursor, ...query } = check(listQuery, request.query, 'query');
    const { orders, next } = await findOrders(database, { ...query, before: cursor });
    if (next !== undefined) {
      const after = new URLSearchParams({ cursor: String(next) });
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) after.set(name, String(value));
      }
      reply.header('link', `</orders?${after}>; rel="next"`);
    }
    const page = JSON.stringify({ limit: query.limit, next_cursor: next ? String(next) : null });
    const body = `{"orders":[${orders.map(orderJson).join(',')}],"page":${page}}`;
    return send(reply, { status: 200, body });
  });

  app.get('/orders/:id', async (request, reply) => {
    const order = await findOrder(database, idOf(request));
    if (order === undefined) throw unknownOrder();
    return send(reply, { status: 200, body: orderJson(order) });
  });

  const change =
    (schema: z.ZodType<OrderChange>) => async (request: FastifyRequest, reply: FastifyReply) => {
      const id = idOf(request);
      const wanted = orderIn(request, schema);
      const outcome = await turns.take(id, () => changeOrder(database, id, wanted));
      if (outcome.kind === 'unknown') throw unknownOrder();
      if (outcome.kind === 'refused') throw refusedMove(outcome.from, wanted.status ?? '');
      if (outcome.announced) onEvent();
      return send(reply, { status: 200, body: orderJson(outcome.order) });
    };
  app.patch('/orders/:id', change(orderChange));
  app.put('/orders/:id', change(orderReplacement));
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location?: string;
  /** An earlier request with this key got this answer. */
  readonly replayed?: boolean;
}

async function create(
  { database, creator, onEvent }: OrderRoutes,
  { user_id, total }: NewOrder,
  key: IdempotencyKey | undefined,
): Promise<Answer> {
  // A key that is forgotten between the two looks is as good as new.
  for (let attempt = 0; attempt < 3; attempt++) {
    const order = await creator.create({ user_id, total }, key);
    if (order !== undefined) {
      onEvent();
      return { status: 201, body: orderJson(order), location: `/orders/${order.id}` };
    }
    const first = key && (await findAnswer(database, key.key));
    if (first === undefined) continue;
    if (first.hash !== key?.hash) {
      throw invalidFields({ [KEY_HEADER]: ['was used for another order'] });
    }
    // An earlier version wrapped its answers.
    const body = first.body.replace(/^{"order":(.*)}$/, '$1');
    const id = /^{"id":(\d+)/.exec(body)?.[1];
    return { ...first, body, location: `/orders/${id}`, replayed: true };
  }
  throw new Problem(409, 'Conflict', `The ${KEY_HEADER} is used by other requests just now.`);
}

function send(reply: FastifyReply, { status, body, location, replayed }: Answer): FastifyReply {
  reply.code(status).type(JSON_TYPE);
  if (location !== undefined) reply.header('location', location);
  if (replayed) reply.header('idempotency-replayed', 'true');
  return reply.send(body);
}

/**
 * The fields of an order in a body: in `{"order": {…}}`, or bare.
 * @throws Problem 400 without a body, 422 with the messages of each field
 */
function orderIn<T>({ body }: FastifyRequest, schema: z.ZodType<T>): T {
  if (body === undefined) throw new Problem(400, 'MalformedJson', 'The body is missing.');
  const isBare = isObject(body) && !Object.hasOwn(body, 'order');
  return check(wrapped(schema), isBare ? { order: body } : body, 'order').order;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An id that can't be one names no order. */
function idOf({ params }: FastifyRequest): number {
  const { id: text } = params as { id: string };
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
