import { describe, expect, it } from 'vitest';
import { onOneDatabase } from '../../fixtures/database-kinds.ts';
import { useOrderDatabase } from './orders-database.ts';
import { useServer } from './orders-server.ts';

const ORDER = { user_id: 1, total: 29.99, status: 'pending' };

onOneDatabase((kind) => {
  const test = useOrderDatabase(kind);
  const server = useServer({ database: () => test.database });
  const { send } = server;
  const create = async (order: object = ORDER) => (await send('POST', '/orders', { order })).body;
  const eventsOf = async (id: number): Promise<string[]> => {
    const { rows } = await test.database.query<{ payload: string }>(
      'select payload from outbox where order_id = $1 order by id',
      [id],
    );
    return rows.map(({ payload }) => JSON.parse(payload).event_type);
  };

  it('creates an order, says where it is, and puts its event into the outbox', async () => {
    const before = server.events();
    const { status, headers, body, text } = await send('POST', '/orders', { order: ORDER });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      ...ORDER,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: body.created_at,
    });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('location')).toBe(`/orders/${body.id}`);
    expect((await send('GET', `/orders/${body.id}`)).text).toBe(text);
    expect(await eventsOf(body.id)).toEqual(['order.created']);
    expect(server.events()).toBe(before + 1);
  });

  it.each([
    ['29.9', '29.90'],
    ['30', '30.00'],
    ['0', '0.00'],
    ['0.01', '0.01'],
    ['99999999.99', '99999999.99'],
    // Other writings of the same numbers.
    ['29.990', '29.99'],
    ['29.9900000000000000000000000000', '29.99'],
    ['1e2', '100.00'],
    ['1E+2', '100.00'],
    ['2999e-2', '29.99'],
    ['0.02999e3', '29.99'],
    ['9999999999e-2', '99999999.99'],
    ['-0.00', '0.00'],
    ['0e999999999999', '0.00'],
  ])('keeps a total of %s to the cent', async (given, kept) => {
    const { text } = await send('POST', '/orders', `{"order":{"user_id":1,"total":${given}}}`);
    expect(text).toContain(`"total":${kept},`);
  });

  it.each([
    ['29.999', 'has more than two decimals (29.999)'],
    // As a binary number it would be 29.99.
    ['29.990000000000000000001', 'has more than two decimals (29.990000000000000000001)'],
    ['-1', "can't be negative (-1)"],
    ['-0.01', "can't be negative (-0.01)"],
    ['100000000', 'is larger than 99999999.99 (100000000)'],
    ['100000000.00', 'is larger than 99999999.99 (100000000)'],
    ['99999999.991', 'has more than two decimals (99999999.991)'],
    ['1e8', 'is larger than 99999999.99 (100000000)'],
    ['1e400', 'is larger than 99999999.99 (1e400)'],
    ['1e999999999999', 'is larger than 99999999.99 (1e999999999999)'],
    ['1e-3', 'has more than two decimals (1e-3)'],
    ['1e-999999999999', 'has more than two decimals (1e-999999999999)'],
    ['"29.99"', 'must be a number such as 29.99, not "29.99"'],
    ['"1e2"', 'must be a number such as 29.99, not "1e2"'],
    ['null', 'must be a number such as 29.99, not null'],
    ['[1]', 'must be a number such as 29.99, not an array'],
    ['true', 'must be a number such as 29.99, not true'],
  ])('refuses a total of %s', async (total, message) => {
    const answer = await send('POST', '/orders', `{"order":{"user_id":1,"total":${total}}}`);
    expect([answer.status, answer.body]).toEqual([422, { errors: { total: [message] } }]);
  });

  const WHOLE = ['must be a whole number from 1'];
  it.each([
    [{}, { user_id: ['is missing'], total: ['is missing'] }],
    [[], { order: ['must be an object'] }],
    ['1', { order: ['must be an object'] }],
    ['null', { order: ['must be an object'] }],
    [{ order: [] }, { order: ['must be an object'] }],
    [{ order: {} }, { user_id: ['is missing'], total: ['is missing'] }],
    [{ order: { ...ORDER, user_id: 0 } }, { user_id: WHOLE }],
    [{ order: { ...ORDER, user_id: 1.5 } }, { user_id: WHOLE }],
    [{ order: { ...ORDER, user_id: 2 ** 53 } }, { user_id: WHOLE }],
    [{ order: { ...ORDER, user_id: '1' } }, { user_id: WHOLE }],
    [{ order: { ...ORDER, user_id: null } }, { user_id: WHOLE }],
    [{ order: { ...ORDER, status: 'shipped' } }, { status: [expect.stringContaining('pending')] }],
    [{ order: { ...ORDER, id: 7 } }, { id: ['is not a known field'] }],
    [{ order: ORDER, x: 1 }, { x: ['is not a known field'] }],
    [
      { order: ORDER, ...ORDER },
      {
        user_id: ['is not a known field'],
        total: ['is not a known field'],
        status: ['is not a known field'],
      },
    ],
    [{ order: { order: ORDER } }, expect.objectContaining({ order: ['is not a known field'] })],
    [{ ...ORDER, user_id: 0 }, { user_id: WHOLE }],
    [{ ...ORDER, id: 7 }, { id: ['is not a known field'] }],
    [
      '{"order":{"__proto__":{"user_id":1,"total":1}}}',
      // As a field of its own, which an object literal would take for the prototype.
      JSON.parse(
        '{"user_id":["is missing"],"total":["is missing"],"__proto__":["is not a known field"]}',
      ),
    ],
  ])('refuses %j', async (sent, errors) => {
    const answer = await send('POST', '/orders', sent);
    expect([answer.status, answer.body]).toEqual([422, { errors }]);
  });

  it.each([
    ['7', 7],
    ['7.0', 7],
    ['7e0', 7],
    ['0.7e1', 7],
    ['1e2', 100],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['90071992547409910e-1', Number.MAX_SAFE_INTEGER],
  ])('takes a user_id of %s by its value', async (given, user) => {
    const answer = await send('POST', '/orders', `{"user_id":${given},"total":1}`);
    expect([answer.status, answer.body.user_id]).toEqual([201, user]);
  });

  it.each(['7.5', '7.00000000000000000000001', '-7', '9007199254740992', '1e16', '1e999999999'])(
    'refuses a user_id of %s',
    async (given) => {
      const { status, body } = await send('POST', '/orders', `{"user_id":${given},"total":1}`);
      expect([status, body]).toEqual([422, { errors: { user_id: WHOLE } }]);
    },
  );

  it('takes the fields of an order bare as well', async () => {
    const created = await send('POST', '/orders', ORDER);
    expect([created.status, created.body]).toEqual([201, expect.objectContaining(ORDER)]);
    const path = `/orders/${created.body.id}`;
    const changed = await send('PATCH', path, { status: 'confirmed' });
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({ ...ORDER, status: 'confirmed' }),
    ]);
    const replaced = await send('PUT', path, { ...ORDER, total: 5, status: 'shipped' });
    expect([replaced.status, replaced.body.total]).toEqual([200, 5]);
    const empty = await send('PATCH', path, {});
    expect(empty.body.errors).toEqual({ order: ['must have user_id, total or status'] });
  });

  it('changes what is given, and announces a new status only', async () => {
    const { id } = await create();
    const path = `/orders/${id}`;
    const other = await send('PATCH', path, { order: { total: 10, user_id: 3 } });
    expect([other.status, other.body]).toEqual([
      200,
      expect.objectContaining({ id, total: 10, user_id: 3, status: 'pending' }),
    ]);
    expect((await send('PATCH', path, { order: { status: 'pending' } })).status).toBe(200);
    expect(await eventsOf(id)).toEqual(['order.created']);
    const events = server.events();
    const confirmed = await send('PATCH', path, { order: { status: 'confirmed' } });
    expect(confirmed.body.status).toBe('confirmed');
    const shipped = { user_id: 3, total: 10, status: 'shipped' };
    expect((await send('PUT', path, { order: shipped })).body).toMatchObject(shipped);
    expect(await eventsOf(id)).toEqual(['order.created', 'order.updated', 'order.updated']);
    expect(server.events()).toBe(events + 2);
  });

  it('refuses a status that can not follow, and an incomplete PUT', async () => {
    const { id } = await create();
    const path = `/orders/${id}`;
    const shipped = await send('PATCH', path, { order: { status: 'shipped', total: 1 } });
    expect([shipped.status, shipped.body]).toEqual([
      422,
      {
        errors: {
          status: ["can't change from pending to shipped: only to confirmed or cancelled"],
        },
      },
    ]);
    expect((await send('GET', path)).body.total).toBe(29.99);
    await send('PATCH', path, { order: { status: 'cancelled' } });
    const after = await send('PATCH', path, { order: { status: 'pending' } });
    expect(after.body.errors.status).toEqual(["can't change from cancelled to pending: no more"]);
    const partial = await send('PUT', path, { order: { status: 'cancelled' } });
    expect(partial.body.errors).toEqual({ user_id: ['is missing'], total: ['is missing'] });
    const empty = await send('PATCH', path, { order: {} });
    expect(empty.body.errors).toEqual({ order: ['must have user_id, total or status'] });
    const unknown = await send('PATCH', path, { order: { status: 'lost' } });
    expect(unknown.body.errors.status).toEqual([
      'must be one of pending, confirmed, shipped, cancelled',
    ]);
  });

  it.each([
    '999999999',
    '0',
    '-1',
    '1.0',
    'x',
    '01',
    '9'.repeat(40),
    "1'--",
    '%00',
    '%F0%9F%93%A6',
  ])('knows no order %s', async (id) => {
    for (const answer of [
      await send('GET', `/orders/${id}`),
      await send('PATCH', `/orders/${id}`, { order: { total: 1 } }),
      await send('PUT', `/orders/${id}`, { order: ORDER }),
    ]) {
      expect([answer.status, answer.body.error.code]).toEqual([404, 'OrderNotFound']);
    }
  });

  it.each([
    ['GET', '/orders/'],
    ['PATCH', '/orders/'],
    ['PUT', '/orders/?x=1'],
    ['POST', '/orders/'],
    ['DELETE', '/orders/'],
    ['PATCH', '/orders//'],
  ])('says that the id is missing from %s %s', async (method, path) => {
    const answer = await send(method, path, method === 'GET' ? undefined : { total: 1 });
    expect([answer.status, answer.body.error]).toEqual([
      404,
      { code: 'OrderIdMissing', message: expect.stringContaining('id of the order is missing') },
    ]);
  });

  it('lists by user and status, page after page', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await create({ ...ORDER, user_id: 31 })).id);
    await send('PATCH', `/orders/${ids[1]}`, { order: { status: 'confirmed' } });
    const first = await send('GET', '/orders?user_id=31&status=pending&limit=3');
    expect(first.body.orders.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
    expect(first.body.page).toEqual({ limit: 3, next_cursor: String(ids[3]) });
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1];
    const second = await send('GET', next ?? '');
    expect(second.body).toEqual({
      orders: [expect.objectContaining({ id: ids[4], user_id: 31, status: 'pending' })],
      page: { limit: 3, next_cursor: null },
    });
    expect(second.headers.get('link')).toBeNull();
    const all = await send('GET', '/orders?user_id=31');
    expect(all.body.page.limit).toBe(20);
    expect(all.body.orders).toHaveLength(5);
  });

  it.each([
    ['limit=0', 'limit', 'must be a whole number from 1 to 100'],
    ['limit=101', 'limit', 'must be a whole number from 1 to 100'],
    ['limit=1&limit=2', 'limit', 'must be given once'],
    ['user_id=-1', 'user_id', 'must be a whole number from 1'],
    ['user_id=1;drop table orders', 'user_id', 'must be a whole number from 1'],
    ['status=lost', 'status', 'must be one of pending, confirmed, shipped, cancelled'],
    ['cursor=abc', 'cursor', 'must be the next_cursor of a page'],
    ['staus=pending', 'staus', 'is not a known field'],
  ])('refuses the query %s', async (query, field, message) => {
    const { status, body } = await send('GET', `/orders?${query}`);
    expect([status, body]).toEqual([422, { errors: { [field]: [message] } }]);
  });

  it('answers a repeated key as it did first, and refuses it for another order', async () => {
    const key = { 'idempotency-key': 'a-1' };
    const first = await send('POST', '/orders', { order: ORDER }, key);
    await send('PATCH', `/orders/${first.body.id}`, { order: { status: 'confirmed' } });
    const again = await send(
      'POST',
      '/orders',
      '{"order":{"status":"pending", "total":29.990e0,"user_id":1}}'
        .replace('e0', '')
        .replace('0,', ','),
      key,
    );
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const other = await send('POST', '/orders', { order: { ...ORDER, total: 1 } }, key);
    expect([other.status, other.body]).toEqual([
      422,
      { errors: { 'Idempotency-Key': ['was used for another order'] } },
    ]);
    expect(await eventsOf(first.body.id)).toEqual(['order.created', 'order.updated']);
  });

  it('stores one order for a key that many requests bring at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        send('POST', '/orders', { order: { ...ORDER, user_id: 91 } }, { 'idempotency-key': 'b' }),
      ),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await send('GET', '/orders?user_id=91')).body.orders).toHaveLength(1);
  });

  it('forgets a refused order: the key is free for the mended one', async () => {
    const key = { 'idempotency-key': 'c' };
    const refused = await send('POST', '/orders', { order: { ...ORDER, total: -1 } }, key);
    expect(refused.status).toBe(422);
    expect((await send('POST', '/orders', { order: ORDER }, key)).status).toBe(201);
  });

  it.each(['', 'two words', 'x'.repeat(256)])('refuses the key "%s"', async (key) => {
    const { status, body } = await send(
      'POST',
      '/orders',
      { order: ORDER },
      { 'idempotency-key': key },
    );
    expect([status, Object.keys(body.errors)]).toEqual([422, ['Idempotency-Key']]);
  });

  describe('what is not a request for an order', () => {
    it.each([
      ['malformed JSON', '{"order":', 400, 'MalformedJson'],
      ['an empty body', '', 400, 'MalformedJson'],
      ['no body', undefined, 400, 'MalformedJson'],
      ['a number that is none', '{"order":{"user_id":1,"total":NaN}}', 400, 'MalformedJson'],
      ['a key twice', '{"order":{"user_id":1,"user_id":2,"total":1}}', 400, 'MalformedJson'],
      ['deep nesting', '['.repeat(60_000), 400, 'MalformedJson'],
      ['nesting that ends', `${'['.repeat(40)}${']'.repeat(40)}`, 400, 'MalformedJson'],
      ['a body that is too large', `{"order":"${'x'.repeat(70_000)}"}`, 413, 'TooLarge'],
    ])('%s', async (__, body, status, code) => {
      const answer = await send('POST', '/orders', body);
      expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    });

    it.each([
      ['text/plain', {}],
      ['application/x-www-form-urlencoded', {}],
      ['application/json; charset=iso-8859-1', {}],
      ['application/json', { 'content-encoding': 'gzip' }],
    ])('%s %j', async (type, headers) => {
      const body = JSON.stringify({ order: ORDER });
      const answer = await send('POST', '/orders', body, { 'content-type': type, ...headers });
      expect([answer.status, answer.body.error.code]).toEqual([415, 'UnsupportedMediaType']);
    });

    it.each([
      ['DELETE', '/orders/1', 'GET, HEAD, PATCH, PUT'],
      ['POST', '/orders/1', 'GET, HEAD, PATCH, PUT'],
      ['DELETE', '/orders', 'GET, HEAD, POST'],
      ['PUT', '/orders?x=1', 'GET, HEAD, POST'],
      ['OPTIONS', '/orders', 'GET, HEAD, POST'],
      ['POST', '/health', 'GET, HEAD'],
    ])('%s %s', async (method, path, allow) => {
      const answer = await send(method, path);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    });

    it('an unknown address, and a path that is not text', async () => {
      expect((await send('GET', '/nothing')).body.error.code).toBe('NotFound');
      expect((await send('GET', '/orders/%E0%A4%A')).status).toBe(400);
    });
  });

  it('logs each request with its id and route, and nothing of the order', async () => {
    server.log.length = 0;
    const { id } = await create({ ...ORDER, user_id: 424242 });
    const { headers } = await send('GET', `/orders/${id}?`, undefined, { 'x-request-id': 'abc-1' });
    expect(headers.get('x-request-id')).toBe('abc-1');
    await send('GET', '/orders?user_id=424242', undefined, { 'x-request-id': 'a b"\\' });
    await expect.poll(() => server.log.length).toBe(3);
    expect(server.log).toEqual([
      expect.objectContaining({ kind: 'request', method: 'POST', route: '/orders', status: 201 }),
      expect.objectContaining({ requestId: 'abc-1', route: '/orders/:id', status: 200 }),
      expect.objectContaining({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
    ]);
    expect(JSON.stringify(server.log)).not.toMatch(/424242|29\.99/);
  });
});
