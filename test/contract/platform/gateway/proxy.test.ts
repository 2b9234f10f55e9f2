import { once } from 'node:events';
import { connect } from 'node:net';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTokenCheck } from '../../../../src/lib/platform/service/tokens.ts';
import {
  answer,
  ask,
  startTestGateway,
  startTestIssuer,
  startTestService,
  type TestGateway,
  type TestIssuer,
  type TestService,
} from './gateway-server.ts';

let issuer: TestIssuer;
let service: TestService;
let gateway: TestGateway;
let token: string;
let api: string;

beforeAll(async () => {
  issuer = await startTestIssuer();
  service = await startTestService();
  const { url } = service;
  gateway = await startTestGateway(
    {
      AUTH_URL: issuer.service.url,
      ...{ USERS_URL: url, PRODUCTS_URL: url, ORDERS_URL: url, PAYMENTS_URL: url },
    },
    { origins: ['https://shop.example'] },
  );
  api = `${gateway.url}/api/v1`;
  token = await issuer.token();
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([service.stop(), issuer.service.stop()]);
});
beforeEach(() => {
  service.seen.length = 0;
  service.answering = (_, response) => answer(response, 200, { ok: true });
});

describe('tokens', () => {
  it('lets a good one through, and passes it on', async () => {
    const { status, body } = await ask(`${api}/orders/7?x=1`, { token });
    expect([status, body]).toEqual([200, { ok: true }]);
    const [seen] = service.seen;
    expect([seen?.method, seen?.url]).toEqual(['GET', '/orders/7?x=1']);
    expect(seen?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it.each([
    ['no issuer', { iss: undefined }],
    ['another issuer', { iss: 'somebody' }],
    ['another audience', { aud: 'somebody' }],
    ['no subject', { sub: undefined }],
    ['another kind of subject', { sub: 'robot:7' }],
    ['no number', { sub: 'user:x' }],
    ['no end', { exp: undefined }],
    ['an end that is over', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['a beginning to come', { nbf: Math.floor(Date.now() / 1000) + 600 }],
  ])('refuses one with %s', async (_, claims) => {
    const refused = await ask(`${api}/orders`, { token: await issuer.token(claims) });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('invalid_token');
    expect(service.seen).toEqual([]);
  });

  it('refuses what others signed, nobody signed, or nobody could sign', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const [head, payload, signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const hmac = Buffer.from('{"alg":"HS256","kid":"test"}').toString('base64url');
    for (const wrong of [
      await issuer.token({}, privateKey),
      `${none}.${payload}.`,
      `${hmac}.${payload}.${signature}`,
      `${head}.${payload}.${signature.split('').reverse().join('')}`,
      `${head}.${payload}`,
      'x',
      'x'.repeat(5000),
    ]) {
      expect((await ask(`${api}/orders`, { token: wrong })).status).toBe(401);
    }
    for (const authorization of ['Basic dTpw', 'Bearer', token, `Bearer ${token} ${token}`]) {
      expect((await ask(`${api}/orders`, { headers: { authorization } })).status).toBe(401);
    }
    expect((await ask(`${api}/orders?access_token=${token}`)).status).toBe(401);
    expect(service.seen).toEqual([]);
  });

  it('takes a token until its end, also when it is remembered', async () => {
    let now = Date.now();
    const tokens = createTokenCheck(issuer.service.url, () => now);
    const end = Math.floor(now / 1000) + 600;
    const headers = { authorization: `Bearer ${await issuer.token({ exp: end })}` };
    expect(tokens.remembered(headers)).toBeUndefined();
    const caller = await tokens.authenticate(headers);
    expect(caller).toMatchObject({ kind: 'user', id: 7, roles: ['user'] });
    now = end * 1000 - 1;
    expect(tokens.remembered(headers)).toBe(caller);
    now = end * 1000;
    expect(tokens.remembered(headers)).toBeUndefined();
    // Clocks may differ by five seconds.
    now = end * 1000 + 4_999;
    await tokens.authenticate(headers);
    now = end * 1000 + 5_000;
    await expect(tokens.authenticate(headers)).rejects.toMatchObject({ status: 401 });
  });

  it('wants the role admin where people without it have nothing to do', async () => {
    const admin = await issuer.token({ roles: ['admin', 'user'] });
    expect((await ask(`${api}/payments`, { token })).status).toBe(403);
    expect(service.seen).toEqual([]);
    expect((await ask(`${api}/payments`, { token: admin })).status).toBe(200);
  });

  it('goes on with the keys that it knows while auth is away', async () => {
    await issuer.service.down();
    try {
      const other = await issuer.token({ sub: 'user:8' });
      expect((await ask(`${api}/orders`, { token: other })).status).toBe(200);
      const early = await startTestGateway({
        AUTH_URL: issuer.service.url,
        ORDERS_URL: service.url,
      });
      expect((await ask(`${early.url}/api/v1/orders`, { token })).status).toBe(503);
      expect((await ask(`${early.url}/health`)).status).toBe(200);
      expect((await ask(`${early.url}/ready`)).status).toBe(503);
      await early.stop();
    } finally {
      await issuer.service.up();
    }
  });
});

describe('headers', () => {
  it('lets no header of a caller pose as one of the gateway', async () => {
    await ask(`${api}/orders`, {
      token,
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.example',
        forwarded: 'for=6.6.6.6',
        'x-real-ip': '6.6.6.6',
        'x-user-id': '1',
        'x-roles': 'admin',
        cookie: 'a=b',
        te: 'trailers',
        'proxy-authorization': 'Basic eA==',
        'x-http-method-override': 'DELETE',
        'x-request-deadline': new Date(Date.now() + 3_600_000).toISOString(),
        'idempotency-key': 'key-1',
        'accept-language': 'de',
      },
    });
    const headers = service.seen[0]?.headers ?? {};
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(Object.keys(headers).sort()).toEqual(
      [
        ...['accept', 'accept-language', 'authorization', 'connection', 'host', 'idempotency-key'],
        ...['traceparent', 'user-agent', 'x-forwarded-for', 'x-request-deadline', 'x-request-id'],
      ].sort(),
    );
    expect(headers.host).toBe(new URL(service.url).host);
    const deadline = Date.parse(String(headers['x-request-deadline']));
    expect(deadline - Date.now()).toBeLessThan(5_000);
  });

  it("passes a caller's own deadline on, and answers nobody whose is over", async () => {
    const soon = new Date(Date.now() + 4_000).toISOString();
    const headers = { 'x-request-deadline': soon };
    // A write would get five seconds.
    await ask(`${api}/orders`, { method: 'POST', token, headers });
    const given = Date.parse(String(service.seen[0]?.headers['x-request-deadline']));
    expect(given).toBeLessThanOrEqual(Date.parse(soon));
    const over = { 'x-request-deadline': new Date(Date.now() - 1).toISOString() };
    expect((await ask(`${api}/orders`, { token, headers: over })).status).toBe(504);
    expect(service.seen).toHaveLength(1);
  });

  it('passes back what an answer says, in the addresses of the gateway', async () => {
    service.answering = (_, response) => {
      response.writeHead(201, {
        'content-type': 'application/problem+json',
        ...{ location: '/orders/9', link: '</orders?cursor=3>; rel="next"', etag: '"x"' },
        ...{ 'x-hop': '1', connection: 'x-hop', 'proxy-authenticate': 'x', server: 'secret' },
        'access-control-allow-origin': '*',
      });
      response.end('{"id":9}');
    };
    const { status, headers, body } = await ask(`${api}/orders`, {
      ...{ method: 'POST', token, body: '{"items":[]}' },
      headers: { 'content-type': 'application/json' },
    });
    expect([status, body]).toEqual([201, { id: 9 }]);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('location')).toBe('/api/v1/orders/9');
    expect(headers.get('link')).toBe('</api/v1/orders?cursor=3>; rel="next"');
    expect(headers.get('etag')).toBe('"x"');
    for (const name of ['x-hop', 'proxy-authenticate', 'server', 'access-control-allow-origin']) {
      expect([name, headers.get(name)]).toEqual([name, null]);
    }
    expect(service.seen[0]?.body).toBe('{"items":[]}');
  });

  it('asks for what anybody may see as nobody', async () => {
    await ask(`${api}/products/1`, { token, headers: { cookie: 'pubsub_login=x' } });
    await ask(`${api}/products`, { headers: { authorization: 'Bearer nonsense' } });
    expect(service.seen.map(({ headers }) => [headers.authorization, headers.cookie])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('gives HEAD the headers of GET', async () => {
    const { status, body, headers } = await ask(`${api}/products/1`, { method: 'HEAD' });
    expect([status, body, headers.get('content-type')]).toEqual([200, {}, 'application/json']);
  });
});

describe('addresses', () => {
  it.each([
    '/api/v1/products/../orders',
    '/api/v1/products/%2e%2e/orders',
    '/api/v1/products/..%2forders',
    '/api/v1/products/1%00',
    '/api/v1//orders',
    '/api/v1/orders/',
    '/api/v1/%6frders',
    '/api/v1/orders;x=1',
    '/api/v1/orders/1/../../users/me',
    '/api/v1/orders\\1',
    '/api/v1/products/%zz',
    '/api/v1/products/a/b',
    '/orders',
    '/users/me',
    '/api/v2/orders',
    '/api/v1',
    '/',
    'http://evil.example/api/v1/products',
    '*',
  ])('leads nowhere by %s', async (path) => {
    // As it is: fetch would tidy it up.
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    await once(socket, 'close');
    const status = Number(/^HTTP\/1.1 (\d+)/.exec(Buffer.concat(chunks).toString())?.[1]);
    expect([400, 404]).toContain(status);
    expect(service.seen).toEqual([]);
  });

  it('says which methods an address takes', async () => {
    const refused = await ask(`${api}/orders/7`, { method: 'DELETE', token });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH']);
  });

  it('takes a body up to its limit', async () => {
    const post = (length: number) =>
      ask(`${api}/orders`, { method: 'POST', token, body: 'x'.repeat(length) });
    expect((await post(65_536)).status).toBe(200);
    expect((await post(65_537)).status).toBe(413);
    expect(service.seen).toHaveLength(1);
    expect(service.seen[0]?.body).toHaveLength(65_536);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    ask(`${api}/orders`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('may use it where they are named', async () => {
    const { status, headers } = await preflight('https://shop.example');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    const got = await ask(`${api}/orders`, { token, headers: { origin: 'https://shop.example' } });
    expect(got.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(got.headers.get('vary')).toBe('Origin');
    const refused = await ask(`${api}/orders`, { headers: { origin: 'https://shop.example' } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      401,
      'https://shop.example',
    ]);
  });

  it.each(['https://evil.example', 'null', 'https://shop.example.evil.example'])(
    'may not as %s',
    async (origin) => {
      const { headers } = await preflight(origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      const got = await ask(`${api}/orders`, { token, headers: { origin } });
      expect(got.headers.get('access-control-allow-origin')).toBeNull();
    },
  );
});
