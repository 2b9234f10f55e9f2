import fc from 'fast-check';

/** A request as bytes on a connection. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

const SQL = fc.constantFrom(
  "1'; drop table orders; --",
  '1 or 1=1',
  "pending' or '1'='1",
  '1); delete from outbox; --',
  '$1',
  "\\'; select pg_sleep(10); --",
  '1 union select * from idempotency_keys',
  'constructor',
  '__proto__',
  'toString',
);

const words = fc.oneof(
  SQL,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\0', '\u202e', '📦', '\ud800', 'NaN', 'Infinity', '1e400', '0x10', '１'),
  fc.integer({ min: 1000, max: 90_000 }).map((length) => 'x'.repeat(length)),
);

const numbers = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, -1, 0.001, 29.999, 1e21, 5e-324, 2 ** 53, 2 ** 63, 99_999_999.99, 1e8),
);

const values = fc.oneof(
  numbers,
  words,
  fc.boolean(),
  fc.constant(null),
  fc.array(numbers, { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 10 }), numbers, { maxKeys: 3 }),
  fc.jsonValue({ maxDepth: 5 }),
);

/** An order that is nearly right: each field is right, wrong, or missing. */
const order = fc.record(
  {
    user_id: fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 1 }) }, values),
    total: fc.oneof(
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 10_000 }).map((cents) => cents / 100) },
      values,
    ),
    status: fc.oneof(
      fc.constantFrom('pending', 'confirmed', 'shipped', 'cancelled', 'PENDING', 'pending '),
      values,
    ),
  },
  { requiredKeys: [] },
);

/** An order that is right. */
const right = fc
  .record({
    user_id: fc.integer({ min: 1 }),
    total: fc.integer({ min: 0, max: 9_999_999_999 }).map((cents) => cents / 100),
    status: fc.constant('pending'),
  })
  .map((fields) => ({ order: fields }));

const more = fc.dictionary(
  fc.oneof(fc.constantFrom('id', 'created_at', '__proto__', 'constructor', 'toString'), words),
  values,
  { maxKeys: 2 },
);

const documents = fc.oneof(
  { weight: 4, arbitrary: order.map((fields) => ({ order: fields })) },
  fc.tuple(order, more).map(([fields, others]) => ({ order: { ...fields, ...others } })),
  fc.tuple(order, more).map(([fields, others]) => ({ ...others, order: fields })),
  values.map((value) => ({ order: value })),
  order,
  values,
);

/** JSON that a writer would not write. */
const texts = fc.oneof(
  fc.integer({ min: 1, max: 30_000 }).map((depth) => '['.repeat(depth)),
  fc
    .integer({ min: 1, max: 5000 })
    .map((depth) => `${'{"order":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.tuple(documents, fc.nat(60)).map(([doc, cut]) => (JSON.stringify(doc) ?? '').slice(0, cut)),
  fc.tuple(documents, words).map(([doc, end]) => `${JSON.stringify(doc)}${end}`),
  fc
    .tuple(fc.constantFrom('-', '', '0', '+'), fc.bigInt({ min: 0n }), fc.nat({ max: 400 }))
    .map(
      ([sign, whole, exponent]) => `{"order":{"user_id":${sign}${whole},"total":1e${exponent}}}`,
    ),
  fc.bigInt({ min: 0n }).map((digits) => `{"order":{"user_id":1,"total":1.${digits}}}`),
  fc
    .tuple(fc.nat({ max: 99_999_999_999 }), fc.integer({ min: -14, max: 3 }))
    .map(([digits, exponent]) => `{"user_id":1,"total":${digits}e${exponent}}`),
  fc.constantFrom(
    '{"order":{"user_id":1,"user_id":2,"total":1}}',
    '{"order":{"user_id":1,"total":1},"order":{"user_id":2,"total":1}}',
    '{"order":{"__proto__":{"user_id":1,"total":1,"status":"pending"}}}',
    '{"order":{"user_id":1,"total":1,}}',
    "{'order':{}}",
    '\ufeff{"order":{"user_id":1,"total":1.00}}',
    '{"order":{"user_id":1,"total":1}} {"order":{}}',
  ),
);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string): Uint8Array => Buffer.from(text, 'utf16le');

const bodies = fc.oneof(
  {
    weight: 5,
    arbitrary: documents.map((doc) => utf8(JSON.stringify(doc) ?? '')),
  },
  { weight: 3, arbitrary: texts.map(utf8) },
  { weight: 2, arbitrary: right.map((doc) => utf8(JSON.stringify(doc))) },
  fc.integer({ min: 65_000, max: 200_000 }).map((length) => new Uint8Array(length).fill(0x20)),
  documents.map((doc) => utf16(JSON.stringify(doc) ?? '')),
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(documents, fc.uint8Array({ minLength: 1, maxLength: 4 })).map(([doc, bytes]) =>
    // Broken UTF-8 within a text.
    Buffer.concat([Buffer.from(`{"x":"`), bytes, Buffer.from(`","y":${JSON.stringify(doc)}}`)]),
  ),
);

const JSON_TYPE = ['Content-Type', 'application/json'] as const;

/** What may stand in a header without ending it. */
const headerText = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc
    .array(
      fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f),
      { maxLength: 40 },
    )
    .map((codes) => String.fromCharCode(...codes)),
  SQL,
  fc.integer({ min: 100, max: 9000 }).map((length) => 'k'.repeat(length)),
);

const header = fc.tuple(
  fc.constantFrom(
    'Idempotency-Key',
    'Content-Type',
    'Content-Encoding',
    'X-Request-Id',
    'Accept',
    'Authorization',
    'Origin',
    'Sec-Fetch-Site',
    'Cookie',
    'X-Forwarded-For',
    'X-HTTP-Method-Override',
    'If-Match',
    'Expect',
    'Range',
    'traceparent',
  ),
  headerText,
);

const path = fc.oneof(
  fc.constantFrom('/orders', '/orders/1', '/orders/2'),
  fc.oneof(words, headerText).map((text) => `/orders/${encoded(text)}`),
  fc
    .tuple(fc.constantFrom('user_id', 'status', 'limit', 'cursor', '__proto__', 'x'), words)
    .map(([name, text]) => `/orders?${name}=${encoded(text)}`),
  fc.constantFrom('/orders/%', '/orders/%00', '/orders//', '//orders', '/orders/../orders', '/*'),
);

const method = fc.constantFrom(
  ...[
    'GET',
    'GET',
    'HEAD',
    'POST',
    'PATCH',
    'PUT',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'BREW',
  ],
);

/** Where a request goes: mostly to where it may do something. */
const place = fc.oneof(
  { weight: 6, arbitrary: fc.constant(['POST', '/orders'] as const) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom('PATCH', 'PUT'),
      fc.integer({ min: 1, max: 20 }).map((id) => `/orders/${id}`),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(method, path) },
);

function encoded(text: string): string {
  return encodeURIComponent(text.slice(0, 8000).replace(/\p{Cs}/gu, '\ufffd'));
}

/** Requests of which some are right, and most are wrong in one way or another. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .record({
    place,
    headers: fc.oneof(
      { weight: 4, arbitrary: fc.constant([JSON_TYPE]) },
      {
        weight: 2,
        arbitrary: fc.array(header, { maxLength: 3 }).map((more) => [JSON_TYPE, ...more]),
      },
      fc.array(header, { maxLength: 3 }),
    ),
    body: bodies,
  })
  .map(({ place: [method, path], ...rest }) => ({ method, path, ...rest }));
