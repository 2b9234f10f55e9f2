import { createConnection } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { openApiDocument } from '../../../src/lib/orders/http/openapi.ts';
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

/** As much of an OpenAPI document as is looked at. */
interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId?: string }>>>
  >;
}

const ORDER = { order: { user_id: 1, total: 29.99 } };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

describe('a token', () => {
  const { send } = useServer({ database }, { token: 'right', loopback: false });

  it.each([
    [{}, 'Bearer realm="pubsub"'],
    [{ authorization: 'Basic cmlnaHQ=' }, 'Bearer realm="pubsub"'],
    [{ authorization: 'Bearer wrong' }, 'Bearer realm="pubsub", error="invalid_token"'],
    [{ authorization: 'Bearer right2' }, 'Bearer realm="pubsub", error="invalid_token"'],
  ])('is demanded: %j', async (headers, challenge) => {
    for (const [method, path] of [
      ['POST', '/orders'],
      ['GET', '/orders'],
      ['GET', '/orders/1'],
      ['DELETE', '/orders/1'],
      ['GET', '/metrics'],
      ['GET', '/nothing'],
    ] as const) {
      const body = method === 'POST' ? ORDER : undefined;
      const answer = await send(method, path, body, headers);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
    }
  });

  it('lets in who has it, and probes without it', async () => {
    const headers = { authorization: 'bearer right' };
    expect((await send('POST', '/orders', ORDER, headers)).status).toBe(201);
    expect((await send('GET', '/metrics', undefined, headers)).status).toBe(200);
    for (const path of ['/health', '/ready', '/openapi.json']) {
      expect((await send('GET', path)).status).toBe(200);
    }
  });

  it('makes pages of other sites harmless', async () => {
    const headers = { authorization: 'Bearer right', origin: 'https://shop.example' };
    expect((await send('POST', '/orders', ORDER, headers)).status).toBe(201);
  });
});

describe('without a token', () => {
  const server = useServer({ database });

  /** With headers that `fetch` sets by itself. */
  const raw = (lines: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const socket = createConnection({ host: hostname, port: Number(port) });
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('end', () => resolve(text)).on('error', reject);
      socket.write(lines);
    });
  const get = (headers: string) =>
    raw(`GET /orders HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);

  it.each([
    'Host: evil.example\r\n',
    'Host: localhost.evil.example\r\n',
    'Host: localhost\r\nOrigin: https://evil.example\r\n',
    'Host: localhost\r\nOrigin: null\r\n',
    'Host: localhost:3000\r\nOrigin: http://localhost:5000\r\n',
    'Host: localhost\r\nSec-Fetch-Site: cross-site\r\n',
  ])('refuses a page of another site: %j', async (headers) => {
    expect(await get(headers)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    'Host: localhost:3000\r\n',
    'Host: 127.0.0.1\r\n',
    'Host: [::1]:3000\r\n',
    'Host: shop.localhost:3000\r\n',
    'Host: localhost:3000\r\nOrigin: http://localhost:3000\r\n',
    'Host: localhost\r\nSec-Fetch-Site: none\r\n',
  ])('answers this machine: %j', async (headers) => {
    expect(await get(headers)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['an unknown method', 'BREW /orders HTTP/1.1\r\nHost: localhost\r\n\r\n', '400'],
    ['endless headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    [
      'two lengths',
      'POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      '400',
    ],
  ])('answers %s and goes on', async (_, lines, status) => {
    expect(await raw(lines)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await server.send('GET', '/health')).status).toBe(200);
  });
});

describe('the rate limit', () => {
  const { send } = useServer({ database }, { rateLimit: 1 });

  it('refuses what is too much, for a second, and never a probe', async () => {
    // Even a machine that is busy answers so many in less time than they are allowed in.
    const burst = await Promise.all(Array.from({ length: 100 }, () => send('GET', '/nothing')));
    const refused = burst.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(5);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(refused[0]?.body.error).toEqual({
      ...{ code: 'TooManyRequests', message: 'No more than 1 requests a second.' },
    });
    for (let n = 0; n < 10; n++) expect((await send('GET', '/health')).status).toBe(200);
    await expect.poll(async () => (await send('GET', '/orders')).status).toBe(200);
  });
});

describe('behind a proxy', () => {
  const trusting = useServer({ database }, { rateLimit: 5, trustedProxies: ['loopback'] });
  const other = useServer({ database }, { rateLimit: 5 });
  const statuses = (to: typeof other, headers: (n: number) => Record<string, string>) =>
    Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const { status } = await to.send('GET', '/orders?limit=1', undefined, headers(n));
        return status;
      }),
    );

  it('counts the requests of each client, as the proxy names it', async () => {
    const answers = await statuses(trusting, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }));
    expect(new Set(answers)).toEqual(new Set([200]));
    // What the client itself wrote before is not believed.
    const forged = await statuses(trusting, (n) => ({
      'x-forwarded-for': `198.51.100.${n}, 203.0.113.200`,
    }));
    expect(forged).toContain(429);
  });

  it('believes nobody where no proxy is trusted', async () => {
    const answers = await statuses(other, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }));
    expect(answers).toContain(429);
  });
});

describe('the body limit', () => {
  const { send } = useServer({ database }, { bodyLimit: 1024 });

  it('is what it was set to', async () => {
    expect((await send('POST', '/orders', ' '.repeat(1024))).status).toBe(400);
    expect((await send('POST', '/orders', ' '.repeat(1025))).status).toBe(413);
  });
});

describe('operations', () => {
  let topic = { ok: true };
  const counts = { published: 7, failures: 2 };
  let looks = 0;
  const { send } = useServer(
    { database },
    {
      topic: async () => {
        looks++;
        return topic;
      },
      relay: () => counts,
    },
  );
  /** Makes the events of the outbox so many seconds old. */
  const aged = (seconds: number) =>
    database().query('update outbox set created_at = now() - make_interval(secs => $1)', [seconds]);

  it('is ready with a topic and an outbox that moves, and says what is wrong', async () => {
    await database().query('delete from outbox');
    const ready = await send('GET', '/ready');
    expect([ready.status, ready.body]).toEqual([
      200,
      {
        ready: true,
        checks: {
          database: { ok: true },
          outbox: { ok: true, waiting: 0, failing: 0, oldestAgeSeconds: null },
          topic: { ok: true },
        },
      },
    ]);
    expect((await send('GET', '/metrics')).text).toMatch(/^pubsub_outbox_oldest_seconds 0$/m);
    const readiness = async () => {
      const { status, body } = await send('GET', '/ready');
      return [status, body];
    };
    topic = { ok: false };
    await expect.poll(readiness).toMatchObject([503, { checks: { topic: { ok: false } } }]);
    topic = { ok: true };
    await send('POST', '/orders', ORDER);
    await expect.poll(readiness).toMatchObject([200, { checks: { outbox: { waiting: 1 } } }]);
    await aged(50);
    await expect
      .poll(readiness)
      .toMatchObject([200, { checks: { outbox: { oldestAgeSeconds: expect.closeTo(52, -1) } } }]);
    await aged(61);
    await expect
      .poll(readiness)
      .toMatchObject([503, { checks: { outbox: { ok: false, waiting: 1 }, topic: { ok: true } } }]);
  });

  it('looks once a second at the most, however often it is asked', async () => {
    const before = looks;
    const began = performance.now();
    while (looks < before + 2 || performance.now() - began < 1500) {
      await Promise.all(Array.from({ length: 20 }, () => send('GET', '/ready')));
    }
    const seconds = (performance.now() - began) / 1000;
    expect(looks - before).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  });

  it('counts for Prometheus, by route and not by order', async () => {
    await send('GET', '/orders/123456');
    await send('GET', '/nothing');
    const { text, headers } = await send('GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /^pubsub_http_requests_total\{method="GET",route="\/orders\/:id",status="404"\} \d+$/m,
    );
    expect(text).toMatch(
      /^pubsub_http_requests_total\{method="GET",route="unknown",status="404"\} 1$/m,
    );
    const bounds = text.matchAll(
      /^pubsub_http_request_duration_seconds_bucket\{le="([^"]+)".*"\/orders\/:id"/gm,
    );
    expect([...bounds].map(([, bound]) => bound)).toEqual([
      ...['0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5'],
      ...['1', '2.5', '5', '10', '+Inf'],
    ]);
    expect(text).toMatch(/^pubsub_http_request_duration_seconds_bucket\{le="0\.01",/m);
    expect(text).toMatch(/^pubsub_outbox_waiting 1$/m);
    expect(text).toMatch(/^pubsub_outbox_oldest_seconds [67]\d/m);
    expect(text).toMatch(/^pubsub_outbox_published_total 7$/m);
    expect(text).toMatch(/^pubsub_outbox_failures_total 2$/m);
    expect(text).not.toContain('123456');
  });

  it('is there, and says which version it is', async () => {
    expect((await send('GET', '/health')).body).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const { text } = await send('GET', '/openapi.json');
    const document = JSON.parse(text);
    expect(document).toEqual(openApiDocument('1.2.3'));
    expect(document.openapi).toMatch(/^3\.1\./);
    const { schema } = document.paths['/orders'].post.requestBody.content['application/json'];
    const fields = { $ref: '#/components/schemas/NewOrder' };
    expect(schema.anyOf).toEqual([
      expect.objectContaining({ properties: { order: fields } }),
      fields,
    ]);
    expect(document.components.schemas.NewOrder).toMatchObject({
      required: ['user_id', 'total'],
      additionalProperties: false,
      properties: {
        user_id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
        total: { type: 'number', minimum: 0, maximum: 99_999_999.99 },
        status: { const: 'pending' },
      },
    });
  });

  it('answers as it describes itself', async () => {
    const document = openApiDocument('1.2.3') as unknown as Description;
    const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
    ajv.addSchema(document, 'api');
    const { id } = (await send('POST', '/orders', ORDER)).body;
    const expected = [
      ['post', '/orders', '/orders', ORDER, 201],
      ['post', '/orders', '/orders', { order: { user_id: 0 } }, 422],
      ['post', '/orders', '/orders', '{', 400],
      ['get', '/orders', '/orders?limit=1', undefined, 200],
      ['get', '/orders', '/orders?limit=0', undefined, 422],
      ['get', '/orders/{id}', `/orders/${id}`, undefined, 200],
      ['get', '/orders/{id}', '/orders/0', undefined, 404],
      ['patch', '/orders/{id}', `/orders/${id}`, { status: 'confirmed' }, 200],
      ['patch', '/orders/{id}', '/orders/', { status: 'confirmed' }, 404],
      ['put', '/orders/{id}', `/orders/${id}`, { order: { status: 'confirmed' } }, 422],
      ['get', '/health', '/health', undefined, 200],
      ['get', '/outbox', '/outbox?max=1', undefined, 200],
      ['get', '/outbox', '/outbox?max=x', undefined, 422],
      ['post', '/outbox/retry', '/outbox/retry', {}, 200],
      ['post', '/outbox/retry', '/outbox/retry', { ids: 1 }, 422],
      ['post', '/outbox/retry', '/outbox/retry', undefined, 400],
      ['get', '/openapi.json', '/openapi.json', undefined, 200],
    ] as const;
    for (const [method, route, path, body, status] of expected) {
      const answer = await send(method.toUpperCase(), path, body);
      expect([path, answer.status]).toEqual([path, status]);
      const at = `api#/paths/${route.replaceAll('/', '~1')}/${method}/responses/${status}/content/application~1json/schema`;
      const validate = ajv.compile({ $ref: encodeURI(at) });
      expect(validate(answer.body), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('answers every method that it does not describe with 405 and those that it does', async () => {
    const { paths } = openApiDocument('1.2.3') as unknown as Description;
    for (const [path, described] of Object.entries(paths)) {
      const known = METHODS.filter((method) => method.toLowerCase() in described);
      const allow = [...known, ...(known.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
      for (const method of METHODS.filter((each) => !known.includes(each))) {
        const answer = await send(method, path.replace('{id}', '1'));
        expect([method, path, answer.status, answer.headers.get('allow')]).toEqual([
          ...[method, path, 405, allow],
        ]);
      }
    }
  });

  it('has a name of its own for each operation', () => {
    const document = openApiDocument('1.2.3') as unknown as Description;
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const ids = operations.flatMap(({ operationId }) => operationId ?? []);
    expect(ids.sort()).toEqual([
      ...['changeOrder', 'createOrder', 'getDescription', 'getHealth', 'getMetrics', 'getOrder'],
      ...['getOutbox', 'getReadiness', 'listOrders', 'replaceOrder', 'retryEvents'],
    ]);
  });
});

describe('a database that is away', () => {
  let away = false;
  const flaky = (): Database => ({
    ...database(),
    query: (text, params) =>
      away
        ? Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
        : database().query(text, params),
  });
  const { send, log } = useServer({ database: flaky });

  it('is a 503 with Retry-After, and passes', async () => {
    away = true;
    for (const answer of [
      await send('POST', '/orders', ORDER),
      await send('GET', '/orders'),
      await send('PATCH', '/orders/1', { order: { total: 1 } }),
      await send('GET', '/metrics'),
    ]) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    }
    expect((await send('GET', '/ready')).body).toMatchObject({
      checks: { database: { ok: false } },
    });
    expect((await send('GET', '/health')).status).toBe(200);
    expect(log).toContainEqual(
      expect.objectContaining({ kind: 'failure', message: 'connect ECONNREFUSED' }),
    );
    away = false;
    expect((await send('POST', '/orders', ORDER)).status).toBe(201);
  });
});

describe('a server that is stopped', () => {
  let begun = (): void => {};
  let goOn = (): void => {};
  const slow = (): Database => ({
    ...database(),
    query: async (text, params) => {
      begun();
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return database().query(text, params);
    },
  });
  const server = useServer({ database: slow });

  it('answers what it has in hand, and takes nothing more', async () => {
    const isInHand = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const answer = server.send('POST', '/orders', ORDER);
    await isInHand;
    let isStopped = false;
    const stopped = server.stop().then(() => {
      isStopped = true;
    });
    await expect
      .poll(() =>
        server.send('GET', '/health').then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .toBe('refused');
    expect(isStopped).toBe(false);
    goOn();
    expect((await answer).status).toBe(201);
    await stopped;
  });
});
