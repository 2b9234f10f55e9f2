import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../../src/lib/http/admission.ts';
import { type ApiRoute, pathPattern } from '../../../src/lib/http/api.ts';
import { isLoopback, refuseForeignPages } from '../../../src/lib/http/browser-guard.ts';
import { readBody } from '../../../src/lib/http/json-body.ts';
import { createMissing } from '../../../src/lib/http/missing-routes.ts';
import { Problem } from '../../../src/lib/http/problem.ts';
import { requestId } from '../../../src/lib/http/request-id.ts';
import { tokenCheck } from '../../../src/lib/http/token.ts';
import { readProxies } from '../../../src/lib/http/trusted-proxies.ts';
import { missingOrder } from '../../../src/lib/orders/http/order-problems.ts';

/** The problem that a check ends in; undefined for none. */
function problemIn(act: () => unknown): Problem | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
}

describe('proxies that are trusted', () => {
  it.each([
    ['loopback', ['loopback']],
    ['10.0.0.0/8, 192.168.1.7', ['10.0.0.0/8', '192.168.1.7']],
    ['1.2.3.4/1,1.2.3.4/32', ['1.2.3.4/1', '1.2.3.4/32']],
    ['::1,fe80::/1,::/128,uniquelocal', ['::1', 'fe80::/1', '::/128', 'uniquelocal']],
  ])('are %s', (text, proxies) => {
    expect(readProxies('--trust-proxy', text)).toEqual(proxies);
  });

  const BAD = ['', 'x', '1.2.3.4/0', '1.2.3.4/33', '::/129', '1.2.3.4/8/9', '1.2.3.4/', '::/1x'];
  it.each([...BAD, '1.2.3.4/0001', '1.2.3.4/+8'])('are not "%s"', (wrong) => {
    const hint = '10.0.0.0/8,192.168.1.7, or loopback, linklocal, uniquelocal.';
    for (const [setting, such] of [
      ['--trust-proxy', '--trust-proxy '],
      ['TRUSTED_PROXIES', 'TRUSTED_PROXIES='],
    ] as const) {
      expect(() => readProxies(setting, `loopback,${wrong}`)).toThrow(
        expect.objectContaining({
          message: `${setting} must be addresses and ranges of proxies, not "${wrong}".`,
          ...{ hint: `Such as ${such}${hint}`, exitCode: 2 },
        }),
      );
    }
  });
});

describe('a token', () => {
  const check = tokenCheck('t0ken');
  it.each(['Bearer t0ken', 'bearer t0ken', 'BEARER   t0ken'])('is that one: %s', (header) => {
    expect(problemIn(() => check(header))).toBeUndefined();
  });

  it.each([undefined, '', 't0ken', 'Bearer', 'Bearert0ken', 'Basic t0ken', 'x Bearer t0ken'])(
    'is missing: %s',
    (header) => {
      expect(problemIn(() => check(header))).toMatchObject({
        ...{ status: 401, code: 'Unauthorized' },
        message: 'Send the token: Authorization: Bearer <token>.',
        headers: { 'www-authenticate': 'Bearer realm="pubsub"' },
      });
    },
  );

  it.each(['Bearer t0ken2', 'Bearer T0KEN', 'Bearer t0ken '])('is another one: %s', (header) => {
    expect(problemIn(() => check(header))).toMatchObject({
      ...{ status: 401, code: 'Unauthorized', message: 'This is not the token.' },
      headers: { 'www-authenticate': 'Bearer realm="pubsub", error="invalid_token"' },
    });
  });
});

describe('a page of another site', () => {
  const NAME = 'This server is reached by a name of this machine only, such as 127.0.0.1.';
  const FOREIGN = 'Pages of other sites may not use this server.';
  it.each<[Readonly<Record<string, string>>, boolean, string | undefined]>([
    [{}, true, undefined],
    [{ host: 'localhost:8080' }, true, undefined],
    [{ host: 'evil.example' }, true, NAME],
    [{ host: 'evil.example' }, false, undefined],
    [{ host: 'a:1', origin: 'http://a:1' }, false, undefined],
    [{ host: 'a:1', origin: 'http://a:2' }, false, FOREIGN],
    [{ host: 'a:1', origin: 'null' }, false, FOREIGN],
    // What the origin says goes before the rest.
    [{ host: 'a:1', origin: 'http://a:1', 'sec-fetch-site': 'cross-site' }, false, undefined],
    [{ host: 'a:1', origin: 'http://b', 'sec-fetch-site': 'same-origin' }, false, FOREIGN],
    [{ host: 'a', 'sec-fetch-site': 'same-origin' }, false, undefined],
    [{ host: 'a', 'sec-fetch-site': 'none' }, false, undefined],
    [{ host: 'a', 'sec-fetch-site': 'same-site' }, false, FOREIGN],
    [{ host: 'localhost', 'sec-fetch-site': 'cross-site' }, true, FOREIGN],
  ])('is told by %j (of this machine alone: %s): %s', (headers, loopback, message) => {
    const problem = problemIn(() => refuseForeignPages(headers, loopback));
    expect(problem?.message).toBe(message);
    if (problem) expect(problem).toMatchObject({ status: 403, code: 'ForeignPage' });
  });

  it.each<[string, boolean]>([
    ['localhost', true],
    ['LOCALHOST:80', true],
    ['a.localhost', true],
    ['localhost.example', false],
    ['127.0.0.1:', true],
    ['127.1.22.255:8080', true],
    ['127.0.0', false],
    ['1127.0.0.1', false],
    ['127.0.0.1.example', false],
    ['[::1]:80', true],
    ['::1', true],
    ['128.0.0.1', false],
    ['', false],
  ])('%s is this machine: %s', (host, is) => {
    expect(isLoopback(host)).toBe(is);
  });
});

const ROUTES: readonly ApiRoute[] = (
  [
    ['GET', '/orders'],
    ['POST', '/orders'],
    ['PATCH', '/orders/:id'],
    ['GET', '/openapi.json'],
  ] as const
).map(([method, path]) => ({ method, path, handle: () => Promise.reject(new Error('none')) }));

describe('an address without a route', () => {
  const missing = createMissing(ROUTES, missingOrder);
  it.each([
    ['/orders', 405, 'MethodNotAllowed', 'GET, HEAD, POST'],
    ['/orders?a=1', 405, 'MethodNotAllowed', 'GET, HEAD, POST'],
    ['/orders#x', 405, 'MethodNotAllowed', 'GET, HEAD, POST'],
    ['/orders/7', 405, 'MethodNotAllowed', 'PATCH'],
    ['/orders/7/8', 404, 'NotFound', undefined],
    ['/ordersx', 404, 'NotFound', undefined],
    ['/x/orders', 404, 'NotFound', undefined],
    ['/openapixjson', 404, 'NotFound', undefined],
    ['/', 404, 'NotFound', undefined],
    ['/orders/', 404, 'OrderIdMissing', undefined],
    ['/orders//', 404, 'OrderIdMissing', undefined],
    ['/orders/?a=1', 404, 'OrderIdMissing', undefined],
  ])('%s is answered with %d %s', (url, status, code, allow) => {
    const problem = missing(url);
    expect([problem.status, problem.code, problem.headers.allow]).toEqual([status, code, allow]);
    if (allow) expect(problem.message).toBe(`This address takes ${allow} only.`);
    if (code === 'NotFound') expect(problem.message).toBe('There is nothing at this address.');
  });

  it('is told in the same way where an API has nothing of its own to say', () => {
    expect(createMissing(ROUTES)('/orders/').code).toBe('NotFound');
  });

  it('has the parameters that its route names', () => {
    expect({ ...pathPattern('/a/:one/b/:two').exec('/a/1/b/x.y')?.groups }).toEqual({
      ...{ one: '1', two: 'x.y' },
    });
    expect(pathPattern('/a.b').test('/a.b/c')).toBe(false);
  });
});

describe('who is let in', () => {
  const admit = (more: object, head: object, limit?: () => Promise<void>) =>
    createAdmission({ routes: ROUTES, loopback: false, ...more })(
      { url: '/orders', headers: {}, route: '/orders', ...head },
      limit,
    ).then(
      () => 'in',
      (error: Problem) => error.code,
    );
  const foreign = { headers: { host: 'a', origin: 'http://b' } };
  it.each<[object, object, string]>([
    [{}, {}, 'in'],
    [{}, foreign, 'ForeignPage'],
    // Who has to show a token can't be used by a page without it.
    [{ token: 't' }, foreign, 'Unauthorized'],
    [{ token: 't' }, { headers: { ...foreign.headers, authorization: 'Bearer t' } }, 'in'],
    [{ token: 't' }, { route: '/health' }, 'in'],
    [{ token: 't' }, { route: '/ready' }, 'in'],
    [{ token: 't' }, { route: '/openapi.json' }, 'in'],
    [{ token: 't' }, { route: '/metrics' }, 'Unauthorized'],
    [{ token: 't' }, { route: undefined }, 'Unauthorized'],
    [{}, { route: undefined }, 'MethodNotAllowed'],
    [{}, { route: undefined, url: '/x' }, 'NotFound'],
    [{ missing: missingOrder }, { route: undefined, url: '/orders/' }, 'OrderIdMissing'],
    [{ loopback: true }, { headers: { host: 'evil.example' } }, 'ForeignPage'],
  ])('with %j, %j: %s', async (rules, head, outcome) => {
    expect(await admit(rules, head)).toBe(outcome);
  });

  it('is counted before the token is looked at, but at the open addresses', async () => {
    const limit = () => Promise.reject(new Problem(429, 'TooManyRequests', 'no'));
    expect(await admit({ token: 't' }, {}, limit)).toBe('TooManyRequests');
    expect(await admit({}, { route: undefined }, limit)).toBe('TooManyRequests');
    expect(await admit({ token: 't' }, { route: '/health' }, limit)).toBe('in');
    expect(await admit({}, foreign, limit)).toBe('ForeignPage');
  });
});

describe('the id of a request', () => {
  it.each(['a', 'A-1_.:z', 'x'.repeat(64)])('is that of its header: %s', (id) => {
    expect(requestId(id)).toBe(id);
  });

  it.each([undefined, '', 'a b', 'ü', 'x'.repeat(65), ['a', 'b']])('is ours: %s', (header) => {
    expect(requestId(header)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});

describe('the type of a body', () => {
  const BYTES = Buffer.from('[1]');
  it.each([
    {},
    { 'content-type': 'application/json' },
    { 'content-type': 'application/json; charset=utf-8' },
    { 'content-type': 'application/json;Charset = "UTF8"; x=y' },
    { 'content-encoding': 'identity' },
  ])('is ours: %j', (headers) => {
    expect(readBody(headers, BYTES)).toEqual([1]);
  });

  it.each([
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'application/json; charset=' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json; charset=xutf-8' },
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'gzip', 'content-type': 'application/json; charset=utf-8' },
  ])('is none of ours: %j', (headers) => {
    expect(problemIn(() => readBody(headers, BYTES))).toMatchObject({
      ...{ status: 415, code: 'UnsupportedMediaType' },
      message: 'Send JSON in UTF-8, uncompressed: Content-Type: application/json.',
    });
  });
});
