import { once } from 'node:events';
import { createConnection } from 'node:net';
import fc from 'fast-check';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthServer, openAuthDatabase, startAuth } from '../auth/auth-server.ts';
import {
  answer,
  startTestGateway,
  startTestIssuer,
  startTestService,
  type TestGateway,
  type TestIssuer,
  type TestService,
} from './gateway-server.ts';
import {
  type GatewayRequest,
  gatewayRequest,
  TOKEN_HERE,
  type TokenName,
} from './hostile-requests.ts';

/** Requests in all, and at once. */
const RUNS = Number(process.env.PUBSUB_HOSTILE_RUNS) || 10_000;
const AT_ONCE = 20;
/** The same requests in every run; others with PUBSUB_HOSTILE_SEED. */
const SEED = Number(process.env.PUBSUB_HOSTILE_SEED) || 20_250_102;

let issuer: TestIssuer;
let auth: AuthServer;
let service: TestService;
let gateway: TestGateway;
let tokens: Readonly<Record<TokenName, string>>;

beforeAll(async () => {
  issuer = await startTestIssuer();
  const unlimited = 1e9;
  auth = await startAuth(await openAuthDatabase(), {
    limits: {
      ...{ windowMs: 60_000, perAccount: unlimited, perAddress: unlimited },
      registrations: unlimited,
    },
  });
  // The real service for people, but keys that are known here.
  const keys = issuer.service.answering;
  issuer.service.answering = async (request, response) => {
    if (request.url === '/.well-known/jwks.json') return keys(request, response);
    const { method, url, headers, body } = request;
    const { host: _, connection: __, 'content-length': ___, ...rest } = headers;
    const got = await fetch(auth.url + url, {
      method,
      redirect: 'manual',
      headers: rest as Record<string, string>,
      ...(body !== '' && method !== 'GET' && { body }),
    });
    response.writeHead(got.status, { 'content-type': 'application/json' });
    response.end(await got.text());
  };
  service = await startTestService();
  const { url } = service;
  gateway = await startTestGateway({
    AUTH_URL: issuer.service.url,
    ...{ USERS_URL: url, PRODUCTS_URL: url, ORDERS_URL: url, PAYMENTS_URL: url },
    NOTIFICATIONS_URL: url,
  });
  const { privateKey } = await generateKeyPair('ES256');
  const good = await issuer.token();
  tokens = {
    good,
    admin: await issuer.token({ roles: ['admin', 'user'] }),
    over: await issuer.token({ exp: Math.floor(Date.now() / 1000) - 600 }),
    foreign: await issuer.token({}, privateKey),
    unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`,
    cut: good.slice(0, -8),
    'other audience': await issuer.token({ aud: 'somebody' }),
  };
});
afterAll(async () => {
  await gateway.stop();
  await auth.stop();
  await auth.database.close();
  await Promise.all([issuer.service.stop(), service.stop()]);
});

/** Sends a request as it is, and reads the status. */
async function statusOf({ method, path, headers, body, token }: GatewayRequest): Promise<number> {
  const { hostname, port } = new URL(gateway.url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // The server may have answered and closed before it read everything.
  socket.on('error', () => {});
  const head = lines.join('\r\n').replaceAll(TOKEN_HERE, token ? tokens[token] : '');
  socket.write(`${head}\r\n\r\n`, 'latin1');
  socket.write(body);
  await once(socket, 'close');
  const text = Buffer.concat(chunks).toString('latin1');
  const [, status] = /HTTP\/1\.1 (?!100)(\d{3})/.exec(text) ?? [];
  return Number(status ?? 0);
}

it(`answers ${RUNS} hostile requests without an error, and lets nothing through without a token`, {
  timeout: 900_000,
}, async () => {
  service.answering = (_, response) => answer(response, 200, { orders: [] });
  const requests = fc.sample(gatewayRequest, { numRuns: RUNS, seed: SEED });
  const began = Date.now();
  const seen = new Map<number, number>();
  const wrong: { status: number; request: GatewayRequest }[] = [];
  const line = requests.values();
  const worker = async (): Promise<void> => {
    for (const request of line) {
      const status = await statusOf(request);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      // 504: a deadline that was over when it came.
      const isLate = request.headers.some(([, value]) => value.startsWith('1999'));
      if (status < 200 || (status >= 500 && !(status === 504 && isLate))) {
        wrong.push({ status, request });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  console.info(
    `${RUNS} requests in ${Math.round((Date.now() - began) / 1000)} s:`,
    [...seen].sort(),
  );
  expect(wrong.slice(0, 3)).toEqual([]);
  const said = gateway.log.filter((line) => line !== 'request' && !line.startsWith('The deadline'));
  expect([said, auth.failures]).toEqual([[], []]);
  // They were let through, refused as nobody, as somebody else, as nothing there, and as not understood.
  for (const status of [200, 401, 403, 404, 405, 422]) {
    expect([status, seen.get(status) ?? 0]).toEqual([status, expect.any(Number)]);
    expect(seen.get(status) ?? 0, `answers with ${status}`).toBeGreaterThan(10);
  }
  const may = new Set([`Bearer ${tokens.good}`, `bearer  ${tokens.good}`]);
  const mayMore = new Set([`Bearer ${tokens.admin}`, `bearer  ${tokens.admin}`]);
  for (const { method, url, headers } of service.seen) {
    const { authorization = '' } = headers;
    const isOpen = method === 'GET' && /^\/products(\/[^/?]+)?(\?|$)/.test(url);
    expect([url, isOpen || may.has(authorization) || mayMore.has(authorization)]).toEqual([
      url,
      true,
    ]);
    expect(url).toMatch(/^\/(orders|products|users|sagas|payments|notifications)[\w./?=&-]*/);
    expect(url).not.toMatch(/\.\.|%2e|%2f|\\/i);
    expect(headers['x-forwarded-for'] ?? '127.0.0.1').toBe('127.0.0.1');
    for (const name of ['x-user-id', 'x-forwarded-host', 'cookie', 'te', 'upgrade', 'origin']) {
      expect([name, headers[name]]).toEqual([name, undefined]);
    }
  }
  // It lives.
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
});
