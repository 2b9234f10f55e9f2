import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { operationRoutes } from '../../../src/lib/orders/http/operation-routes.ts';
import { orderRoutes } from '../../../src/lib/orders/http/order-routes.ts';
import { createHttpApi, type HttpApiOptions } from '../../../src/lib/orders/lambda/http-api.ts';
import type { HttpEvent, HttpResult } from '../../../src/lib/orders/lambda/payload.ts';
import { SERVER_DEFAULTS } from '../../../src/lib/orders/server-defaults.ts';
import { createSqlOrderStore } from '../../../src/lib/orders/store/sql-order-store.ts';
import { readOutboxLag } from '../../../src/lib/outbox/outbox-status.ts';
import { httpEvent } from '../../fixtures/function-requests.ts';
import { ownDatabase } from './orders-database.ts';
import { useServer } from './orders-server.ts';

let opened: Database | undefined;
beforeAll(async () => {
  opened = await ownDatabase();
}, 120_000);
afterAll(() => opened?.close());
const database = (): Database => {
  if (opened === undefined) throw new Error('The database is there from beforeAll on.');
  return opened;
};

/** The API as a function has it, on the database of the test's server. */
function functionApi(options: Partial<HttpApiOptions> = {}): ReturnType<typeof createHttpApi> {
  const topic = async () => ({ ok: true });
  const readiness = { lag: () => readOutboxLag(database()), topic };
  const routes = orderRoutes({ store: createSqlOrderStore(database()), onEvent: () => {} });
  return createHttpApi({
    routes: [...routes, ...operationRoutes({ version: '1.2.3', readiness, beside: routes })],
    bodyLimit: SERVER_DEFAULTS.bodyLimit,
    log: () => {},
    ...options,
  });
}

const TIME = { getRemainingTimeInMillis: () => 30_000 };
const ORDER = { user_id: 7, total: 29.99 };
/** Headers that say something of the answer. */
const SAID = [
  ...['content-type', 'allow', 'location', 'link', 'retry-after', 'www-authenticate'],
  ...['idempotency-replayed', 'x-content-type-options', 'x-request-id'],
];

type Sent = readonly [
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

const TEXTS: readonly Sent[] = [
  '{"order":',
  '',
  '[]',
  '1',
  '{"user_id":1,"total":29.999}',
  '{"user_id":1,"total":1e400}',
  '{"user_id":0,"total":-1,"x":1}',
  '{"user_id":1,"user_id":2,"total":1}',
  `${'['.repeat(40)}${']'.repeat(40)}`,
  `{"order":"${'x'.repeat(70_000)}"}`,
  '{"order":{"user_id":1,"total":1},"y":1}',
].map((text) => ['POST', '/orders', text]);

const REQUESTS: readonly Sent[] = [
  ...TEXTS,
  ['POST', '/orders', undefined],
  ['POST', '/orders', '{}', { 'content-type': 'text/plain' }],
  ['POST', '/orders', '{}', { 'content-type': 'application/jsonp' }],
  ['POST', '/orders', '{}', { 'content-type': 'application/json; charset=latin1' }],
  ['POST', '/orders', '{}', { 'content-encoding': 'gzip' }],
  ['POST', '/orders', ORDER, { 'idempotency-key': 'two words' }],
  ['POST', '/orders', ORDER, { 'idempotency-key': '' }],
  ['POST', '/orders', {}, { origin: 'https://evil.example' }],
  ['POST', '/orders', {}, { 'sec-fetch-site': 'cross-site' }],
  ['POST', '/orders/1', ORDER],
  ['PATCH', '/orders/999999', { status: 'confirmed' }],
  ['PATCH', '/orders/1', {}],
  ['PUT', '/orders/1', { user_id: 1 }],
  ['PATCH', '/orders/abc', { status: 'confirmed' }],
  ['GET', '/orders/0'],
  ['GET', '/orders/01'],
  ['GET', '/orders/99999999999999999999'],
  ['GET', '/orders/'],
  ['GET', '/orders//'],
  ['GET', '/orders/1/'],
  ['GET', '/nothing'],
  ['GET', '/'],
  ['GET', '/orders?limit=0&x=1'],
  ['GET', '/orders?limit=101'],
  ['GET', '/orders?status=lost&user_id=a'],
  ['GET', '/orders?user_id=1&user_id=2'],
  ['GET', '/orders?limit=2'],
  ['GET', '/orders?limit=1&user_id=7&status=pending'],
  ['GET', '/orders?cursor=1'],
  ['GET', '/orders', undefined, { 'content-type': 'text/plain' }],
  ['HEAD', '/orders/1'],
  ['DELETE', '/orders/1'],
  ['OPTIONS', '/orders'],
  ['DELETE', '/health'],
  ['GET', '/health'],
];
const CASES = REQUESTS.map((sent) => ({ name: JSON.stringify(sent).slice(1, 80), sent }));

describe.each([undefined, 'right'])(
  'a function with the token %s answers as the server',
  (token) => {
    const server = useServer({ database }, { token, loopback: false });
    const headersOf = (path: string, given: Readonly<Record<string, string>> = {}) => ({
      'x-request-id': 'id-1',
      // The last of them without one.
      ...(token !== undefined && path !== '/nothing' && { authorization: `Bearer ${token}` }),
      ...given,
    });
    const fromFunction = ([method, path, body, headers]: Sent): Promise<HttpResult> =>
      functionApi({ token })(httpEvent(method, path, body, headersOf(path, headers)), TIME);

    beforeAll(async () => {
      for (let n = 0; n < 3; n++) {
        await server.send('POST', '/orders', ORDER, headersOf('/orders'));
      }
    });

    it.each(CASES)('$name', async ({ sent }) => {
      const [method, path, body, headers] = sent;
      const {
        status,
        text,
        headers: all,
      } = await server.send(method, path, body, headersOf(path, headers));
      const said = SAID.flatMap((name) => (all.has(name) ? [[name, all.get(name)]] : []));
      expect(await fromFunction(sent)).toEqual({
        statusCode: status,
        body: text,
        headers: Object.fromEntries(said),
        isBase64Encoded: false,
      });
    });

    it('stores what the server reads, and the other way round', async () => {
      const key = { 'idempotency-key': `key-${token}` };
      const stored = await fromFunction(['POST', '/orders', ORDER, key]);
      const again = await server.send('POST', '/orders', ORDER, headersOf('/orders', key));
      expect([again.status, again.text]).toEqual([stored.statusCode, stored.body]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      const { id } = JSON.parse(stored.body);
      const path = `/orders/${id}`;
      const changed = await fromFunction(['PUT', path, { ...ORDER, status: 'confirmed' }]);
      expect(changed.statusCode).toBe(200);
      expect((await server.send('GET', path, undefined, headersOf(path))).text).toBe(changed.body);
    });
  },
);

describe('a function', () => {
  it('describes what it has: no metrics, and no outbox', async () => {
    const { body } = await functionApi()(httpEvent('GET', '/openapi.json'), TIME);
    expect(Object.keys(JSON.parse(body).paths)).toEqual([
      ...['/orders', '/orders/{id}', '/health', '/ready', '/openapi.json'],
    ]);
  });

  it('reads bodies in base64, and paths without their stage', async () => {
    const event = httpEvent('POST', '/live/orders', ORDER);
    const inStage: HttpEvent = {
      ...event,
      body: Buffer.from(JSON.stringify(ORDER)).toString('base64'),
      isBase64Encoded: true,
      requestContext: { ...event.requestContext, stage: 'live' },
    };
    const { statusCode, headers } = await functionApi()(inStage, TIME);
    expect([statusCode, headers['x-request-id']]).toEqual([201, 'request-1']);
  });

  it('answers before its time is over', async () => {
    const never = {
      method: 'GET',
      path: '/never',
      handle: () => new Promise<never>(() => {}),
    } as const;
    const api = functionApi({ routes: [never] });
    const { statusCode, body } = await api(httpEvent('GET', '/never'), {
      getRemainingTimeInMillis: () => 600,
    });
    const { code, message } = JSON.parse(body).error;
    expect([statusCode, code]).toEqual([503, 'AnswerTimeout']);
    expect(message).toBe('There was no answer within 0.1 s.');
  });

  it('says nothing of what nobody expected, and logs it', async () => {
    const log: unknown[] = [];
    const handle = () => Promise.reject(new Error('secret'));
    const api = functionApi({
      routes: [{ method: 'GET', path: '/x', handle }],
      log: (entry) => log.push(entry),
    });
    const { statusCode, body } = await api(httpEvent('GET', '/x'), TIME);
    await api(httpEvent('GET', '/lost'), TIME);
    expect([statusCode, body.includes('secret')]).toEqual([500, false]);
    expect(log).toEqual([
      { kind: 'failure', requestId: 'request-1', message: 'secret' },
      expect.objectContaining({ kind: 'request', method: 'GET', route: '/x', status: 500 }),
      expect.objectContaining({ kind: 'request', route: 'unknown', status: 404 }),
    ]);
  });
});
