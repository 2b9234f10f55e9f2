import { type ApiAnswer, type ApiRequest, type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { invalidFields, Problem } from '../../http/problem.ts';
import { NEXT_STATUSES, type OrderStatus } from '../../orders/order.ts';
import { type Caller, requireRole } from '../service/caller.ts';
import { pageEnd, urlId } from '../service/schema-parts.ts';
import { changeStatus } from './change-status.ts';
import { findOrders } from './find-orders.ts';
import { type OrderState, readEvents } from './history.ts';
import { etagOf, orderBody } from './order-json.ts';
import { type PlaceOrder, placeOrder } from './place-order.ts';
import { ownOnly } from './saga-routes.ts';
import {
  newOrder,
  order,
  orderHistory,
  orderPage,
  orderQuery,
  saga,
  statusChange,
} from './schemas.ts';

const UNKNOWN = { 404: 'No such order' };

export interface OrderRoutes extends PlaceOrder {
  /** Told after each commit that put an event into the outbox. */
  readonly onEvent: () => void;
}

/** `/orders`, `/orders/:id` and `/orders/:id/history`: people see their own, administrators and services all. */
export function orderRoutes(parts: OrderRoutes): ApiRoute[] {
  const { database, authenticate } = parts;
  const find = async (request: ApiRequest): Promise<OrderState> => {
    const user_id = ownOnly(await authenticate(request.headers));
    const { orders } = await findOrders(database, { id: idOf(request), user_id, limit: 1 });
    const [found] = orders;
    if (found === undefined) throw unknownOrder();
    return found;
  };
  return [
    {
      method: 'POST',
      path: '/orders',
      describes: {
        summary: 'Place an order, and wait until it is made or refused',
        access: 'user',
        body: newOrder,
        headers: {
          'Idempotency-Key': 'A repeated request with the same key gets the first answer.',
          'X-Request-Deadline': 'Until when the answer is waited for, in ISO 8601.',
        },
        status: 201,
        answer: order,
        refusals: {
          402: 'The payment was declined',
          409: 'Too few units are left, or it took too long',
        },
        also: { 202: saga },
      },
      handle: (request) => placeOrder(parts, request),
    },
    {
      method: 'GET',
      path: '/orders',
      describes: {
        summary: 'Find orders: your own, or all as an administrator',
        access: 'user',
        query: orderQuery,
        answer: orderPage,
      },
      handle: async ({ headers, query }) => {
        const mine = ownOnly(await authenticate(headers));
        const wanted = check(orderQuery, query, 'query');
        const user_id = mine ?? wanted.user_id;
        const { orders, next } = await findOrders(database, { ...wanted, user_id });
        return jsonAnswer(200, {
          orders: orders.map(orderBody),
          page: pageEnd(wanted.limit, next),
        });
      },
    },
    {
      method: 'GET',
      path: '/orders/:id',
      describes: { summary: 'Read an order', access: 'user', answer: order, refusals: UNKNOWN },
      handle: async (request) => orderAnswer(await find(request)),
    },
    {
      method: 'GET',
      path: '/orders/:id/history',
      describes: {
        summary: 'Read what happened to an order',
        access: 'user',
        answer: orderHistory,
        refusals: UNKNOWN,
      },
      handle: async (request) => {
        const { id } = await find(request);
        return jsonAnswer(200, { order_id: id, events: await readEvents(database, id) });
      },
    },
    {
      method: 'PATCH',
      path: '/orders/:id',
      describes: {
        summary: 'Cancel an order, or move it on as an administrator',
        access: 'user',
        body: statusChange,
        headers: { 'If-Match': 'The ETag of the order as it was read.' },
        answer: order,
        refusals: {
          ...UNKNOWN,
          403: 'Only administrators move orders on',
          409: 'The order is still being made',
          412: 'The order was changed meanwhile',
        },
      },
      handle: (request) => change(parts, request),
    },
  ];
}

/** People may cancel their orders; administrators move them on. */
async function change(
  { database, authenticate, runner, onEvent }: OrderRoutes,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const caller = await authenticate(request.headers);
  const id = idOf(request);
  if (request.body === undefined) throw new Problem(400, 'MalformedJson', 'The body is missing.');
  const { status } = check(statusChange, request.body, 'body');
  if (status !== 'cancelled') requireMover(caller);
  const outcome = await changeStatus(database, {
    ...{ id, status, userId: ownOnly(caller), traceparent: request.traceparent },
    expectedVersion: expectedVersion(request.headers['if-match']),
  });
  switch (outcome.kind) {
    case 'unknown':
      throw unknownOrder();
    case 'refused':
      throw refusedMove(outcome.from, status);
    case 'outdated':
      throw new Problem(412, 'OrderChanged', 'The order was changed meanwhile: read it again.');
    case 'unfinished':
      throw new Problem(409, 'OrderUnfinished', 'The order is still being made: try again.', {
        headers: { 'retry-after': '1' },
      });
    case 'changed':
      if (outcome.isAnnounced) onEvent();
      if (status === 'cancelled') runner.wake();
      return orderAnswer(outcome.order);
  }
}

function requireMover(caller: Caller): void {
  if (caller.kind === 'user') requireRole(caller, 'admin');
}

function orderAnswer(found: OrderState): ApiAnswer {
  return { ...jsonAnswer(200, orderBody(found)), headers: { etag: etagOf(found) } };
}

/** An id that can't be one names no order. */
function idOf({ params }: ApiRequest): number {
  const id = urlId.safeParse(params.id);
  if (!id.success) throw unknownOrder();
  return id.data;
}

/**
 * The version of an `If-Match` header; undefined where any will do.
 * @throws Problem 412 for a tag that no order has
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-match
 */
function expectedVersion(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw new Problem(412, 'OrderChanged', 'If-Match must be the ETag of the order, such as "1".');
}

function unknownOrder(): Problem {
  return new Problem(404, 'OrderNotFound', 'There is no order with this id.');
}

function refusedMove(from: OrderStatus, to: OrderStatus): Problem {
  const next = NEXT_STATUSES[from];
  const allowed = next.length > 0 ? `only to ${next.join(' or ')}` : 'no more';
  return invalidFields({ status: [`can't change from ${from} to ${to}: ${allowed}`] });
}
