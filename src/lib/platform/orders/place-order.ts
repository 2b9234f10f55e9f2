import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { within } from '../../aws/within.ts';
import type { Database } from '../../database/database.ts';
import { type ApiAnswer, type ApiRequest, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { invalidFields, Problem } from '../../http/problem.ts';
import type { IdempotencyKey } from '../../orders/order-store.ts';
import { requireUser } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { remainingMs } from '../service/request-context.ts';
import type { SagaRunner } from './saga/runner.ts';
import { isEnded, type Saga } from './saga/saga.ts';
import { sagaBody } from './saga/saga-json.ts';
import { findSaga } from './saga/saga-rows.ts';
import { beginSaga } from './saga/saga-store.ts';
import { sagaProblem } from './saga-problem.ts';
import { newOrder } from './schemas.ts';

/** What placing an order works with. */
export interface PlaceOrder {
  readonly database: Database;
  readonly runner: SagaRunner;
  readonly authenticate: ServiceContext['authenticate'];
  /** Seconds for which a new saga is kept from other runners. */
  readonly leaseSeconds: number;
  /** Milliseconds that somebody waits for an order who names no deadline, and at the most. */
  readonly waitMs: number;
}

/** Milliseconds before the deadline at which the answer is sent. */
const ANSWER_MARGIN_MS = 100;
/** Milliseconds between looks for a saga that another process works on. */
const LOOK_MS = 500;

const KEY_HEADER = 'Idempotency-Key';

/**
 * Begins an order's saga, and waits for its end until the caller's deadline.
 * @returns 201 with the order, or 202 with where to look for it
 * @throws Problem 402, 409, 422 or 503 where there will be none; 400, 401, 403 or 422 for the request itself
 */
export async function placeOrder(parts: PlaceOrder, request: ApiRequest): Promise<ApiAnswer> {
  const { database, runner, authenticate, leaseSeconds, waitMs } = parts;
  const until = Date.now() + remainingMs(waitMs) - ANSWER_MARGIN_MS;
  const user = requireUser(await authenticate(request.headers));
  if (request.body === undefined) throw new Problem(400, 'MalformedJson', 'The body is missing.');
  const order = check(newOrder, request.body, 'body');
  const key = keyOf(request.headers['idempotency-key'], order);
  const { items, payment_method: paymentMethod } = order;
  const { traceparent } = request;
  const wanted = { id: randomUUID(), userId: user.id, items, paymentMethod, key, traceparent };
  const { saga, isNew } = await beginSaga(database, wanted, leaseSeconds);
  if (isNew) {
    const ended = waitForEnd(parts, saga, until);
    runner.adopt(saga);
    return answer(await ended, false);
  }
  if (saga.requestHash !== key?.hash) {
    throw invalidFields({ [KEY_HEADER]: ['was used for another order'] });
  }
  return answer(isEnded(saga) ? saga : await waitForEnd(parts, saga, until), true);
}

/** Waits for the end of a saga, whoever works on it. @param until milliseconds since 1970. */
async function waitForEnd(
  { database, runner }: PlaceOrder,
  saga: Saga,
  until: number,
): Promise<Saga> {
  for (let now = saga; ; ) {
    const left = until - Date.now();
    if (left <= 0 || isEnded(now)) return now;
    const ended = await runner.ended(saga.id, Math.min(LOOK_MS, left));
    if (ended !== undefined) return ended;
    // A database that is busy or away mustn't make the answer late or an error: the saga is stored, and the gateway would
    // take the service for broken.
    const look = findSaga(database, saga.id).catch(nothing);
    now = (await within(Math.max(1, until - Date.now()), look, nothing)) ?? now;
  }
}

const nothing = (): undefined => undefined;

function answer(saga: Saga, isReplayed: boolean): ApiAnswer {
  const replayed = isReplayed ? { 'idempotency-replayed': 'true' } : undefined;
  // Once there is an order, its units are sold sooner or later.
  if (saga.answer !== null && (saga.reason === null || saga.reason === 'cancelled')) {
    const headers = { location: `/orders/${saga.orderId}`, etag: '"1"', ...replayed };
    return { status: 201, headers, body: saga.answer };
  }
  if (saga.reason !== null) throw sagaProblem(saga.reason, saga.detail, replayed);
  const headers = { location: `/sagas/${saga.id}`, 'retry-after': '1', ...replayed };
  return { ...jsonAnswer(202, sagaBody(saga)), headers };
}

/** The key of a request and what it stands for: two writings of one order are the same request. */
function keyOf(
  header: string | string[] | undefined,
  order: z.output<typeof newOrder>,
): IdempotencyKey | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[!-~]{1,255}$/.test(header)) {
    throw invalidFields({ [KEY_HEADER]: ['must be 1 to 255 visible ASCII characters'] });
  }
  const items = order.items.map(({ product_id, quantity }) => [product_id, quantity]);
  const content = JSON.stringify([items.sort(), order.payment_method]);
  return { key: header, hash: createHash('sha256').update(content).digest('hex') };
}
