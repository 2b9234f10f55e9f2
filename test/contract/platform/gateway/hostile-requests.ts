import fc from 'fast-check';
import { type HostileRequest, hostileRequest } from '../../orders/orders-hostile.ts';

/** Tokens as a request may name them; what stands for each is known when the test runs. */
export const TOKENS = [
  'good',
  'admin',
  'over',
  'foreign',
  'unsigned',
  'cut',
  'other audience',
] as const;
export type TokenName = (typeof TOKENS)[number];

/** A request, and which token it bears in place of `TOKEN_HERE`. */
export interface GatewayRequest extends HostileRequest {
  readonly token: TokenName | undefined;
}

export const TOKEN_HERE = '\u{1}TOKEN\u{1}';

const segment = fc.constantFrom(
  ...['orders', 'products', 'users', 'me', 'sagas', 'payments', 'notifications', 'auth', 'oauth'],
  ...['login', 'register', 'refresh', 'logout', 'token', 'keys', 'rotate', 'roles', 'history'],
  ...['1', '2', '0', '-1', '..', '.', '%2e%2e', '%2f', '%5c', '%00', '', ' ', ';', '*', '%', '%zz'],
  ...[
    '.well-known',
    'jwks.json',
    'health',
    'metrics',
    'ORDERS',
    'orders%20',
    '__proto__',
    '\\',
    '@',
  ],
);
const path = fc
  .tuple(
    fc.constantFrom(
      '/api/v1',
      '/api/v1',
      '/api/v1',
      '',
      '/api',
      '/api/v1/',
      '/API/V1',
      'http://x/api/v1',
    ),
    fc.array(segment, { maxLength: 5 }),
    fc.constantFrom(
      '',
      '',
      '?',
      '?x=1',
      '?x=%',
      '?\u00ff',
      '?a=1&a=2',
      `?access_token=${TOKEN_HERE}`,
      '#x',
    ),
  )
  .map(([prefix, segments, query]) =>
    `${prefix}/${segments.join('/')}${query}`.replaceAll(' ', '%20'),
  );

/** Addresses that there are, with a method that they take. */
const known = fc.constantFrom<readonly [string, string]>(
  ...(['/orders', '/orders/1', '/users/me', '/users', '/products', '/products/1'] as const).map(
    get,
  ),
  ...(['/sagas', '/payments', '/me/orders', '/notifications', '/orders/1/history'] as const).map(
    get,
  ),
  ...(['/.well-known/jwks.json', '/auth/oauth/x/start', '/auth/oauth/x/callback'] as const).map(
    get,
  ),
  ...(['/orders', '/products', '/auth/login', '/auth/register', '/auth/refresh'] as const).map(
    post,
  ),
  ...(['/auth/logout', '/oauth/token', '/auth/keys/rotate', '/sagas/1/retry'] as const).map(post),
  ['PATCH', '/orders/1'],
  ['PATCH', '/products/1'],
  ['PUT', '/auth/users/1/roles'],
  ['PUT', '/users/me/preferences'],
);
function get(at: string): readonly [string, string] {
  return ['GET', at];
}
function post(at: string): readonly [string, string] {
  return ['POST', at];
}

const authorization = fc.constantFrom(
  ...[
    `Bearer ${TOKEN_HERE}`,
    `Bearer ${TOKEN_HERE}`,
    `Bearer ${TOKEN_HERE}`,
    `bearer  ${TOKEN_HERE}`,
  ],
  ...[
    `Basic ${TOKEN_HERE}`,
    TOKEN_HERE,
    `Bearer`,
    `Bearer ${TOKEN_HERE} x`,
    `Bearer x${TOKEN_HERE}`,
  ],
  ...[
    'Basic b3JkZXJzOng=',
    'Basic OjpAQA==',
    'Digest x',
    `Bearer ${'a.'.repeat(2000)}`,
    'Bearer a.b.c',
  ],
);
const forged = fc.constantFrom(
  ...([
    'X-Forwarded-For: 1.2.3.4',
    'X-User-Id: 1',
    'X-Request-Deadline: 2999-01-01T00:00:00Z',
  ] as const),
  ...([
    'X-Request-Deadline: 1999-01-01T00:00:00Z',
    'X-Request-Deadline: soon',
    'Connection: x',
  ] as const),
  ...([
    'Transfer-Encoding: identity',
    'Upgrade: websocket',
    'Expect: 100-continue',
    'TE: x',
  ] as const),
  ...([
    'Origin: https://evil.example',
    'Idempotency-Key: \u00e9',
    'Cookie: pubsub_login=x',
  ] as const),
  ...(['X-Forwarded-Host: evil', 'Content-Encoding: gzip', 'traceparent: 00-zz-zz-01'] as const),
  ...([
    'Content-Type: application/x-www-form-urlencoded',
    'Accept: \u00ff',
    'If-Match: *',
  ] as const),
);

/** Bodies that are nearly right for the addresses of auth. */
const account = fc
  .record(
    {
      email: fc.oneof(
        fc.constant('ada@example.com'),
        fc.emailAddress(),
        fc.string(),
        fc.jsonValue(),
      ),
      password: fc.oneof(fc.constant('correct horse'), fc.string(), fc.jsonValue({ maxDepth: 2 })),
      name: fc.oneof(fc.constant('Ada'), fc.string({ unit: 'binary' }), fc.constant('\0')),
      refresh_token: fc.oneof(fc.string(), fc.constant('\0'), fc.integer()),
      grant_type: fc.constantFrom('client_credentials', 'password', ''),
      roles: fc.oneof(fc.constant(['admin']), fc.jsonValue({ maxDepth: 2 })),
    },
    { requiredKeys: [] },
  )
  .map((fields) => Buffer.from(JSON.stringify(fields)));

/** Requests of which some are right, and most are wrong in one way or another. */
export const gatewayRequest: fc.Arbitrary<GatewayRequest> = fc
  .record({
    base: hostileRequest,
    place: fc.oneof(
      { weight: 2, arbitrary: path.map((each) => ['GET', each] as const) },
      {
        weight: 3,
        arbitrary: known.map(([method, each]) => [method, `/api/v1${each}`] as const),
      },
    ),
    authorization: fc.option(authorization, { freq: 4 }),
    forged: fc.oneof(fc.constant<string[]>([]), fc.array<string>(forged, { maxLength: 3 })),
    own: fc.boolean(),
    body: fc.option(account, { freq: 2 }),
    method: fc.option(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), { freq: 1 }),
    token: fc.constantFrom(...TOKENS, 'good' as const, 'admin' as const),
  })
  .map(
    ({
      base,
      place: [usual, at],
      authorization: said,
      forged: lines,
      own,
      body,
      method,
      token,
    }) => {
      const more = lines.map((line) => line.split(': ') as [string, string]);
      const headers = own ? more : [...base.headers, ...more];
      if (own) headers.push(['Content-Type', 'application/json']);
      if (said !== null) headers.push(['Authorization', said]);
      const whole = `${at}${headers.map(([, value]) => value).join()}`;
      return {
        method: method ?? (own ? usual : base.method),
        path: at,
        headers,
        body: body ?? base.body,
        token: whole.includes(TOKEN_HERE) ? token : undefined,
      };
    },
  );
