import { describe, expect, it } from 'vitest';
import type { ApiRoute } from '../../../src/lib/http/api.ts';
import { openApiDocument } from '../../../src/lib/orders/http/openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape.
type Json = any;
const read = (routes?: readonly ApiRoute[]): Json =>
  JSON.parse(JSON.stringify(openApiDocument('1.2.3', routes)));
const document = read();

/** Each operation, as `GET /orders`. */
const OPERATIONS: readonly [string, Json][] = Object.entries<Json>(document.paths).flatMap(
  ([path, { parameters: _, ...methods }]) =>
    Object.entries(methods).map(([method, what]): [string, Json] => [
      `${method.toUpperCase()} ${path}`,
      what,
    ]),
);

const BODY = '400 413 415 422';
const TABLE: readonly [string, string, string][] = [
  ['GET /orders', 'listOrders', '200 401 422 429 503'],
  ['POST /orders', 'createOrder', `201 ${BODY} 401 429 503`],
  ['GET /orders/{id}', 'getOrder', '200 401 404 429 503'],
  ['PATCH /orders/{id}', 'changeOrder', `200 ${BODY} 401 404 429 503`],
  ['PUT /orders/{id}', 'replaceOrder', `200 ${BODY} 401 404 429 503`],
  ['GET /health', 'getHealth', '200'],
  ['GET /ready', 'getReadiness', '200 503'],
  ['GET /metrics', 'getMetrics', '200 401 429 503'],
  ['GET /outbox', 'getOutbox', '200 401 422 429 503'],
  ['POST /outbox/retry', 'retryEvents', `200 ${BODY} 401 429 503`],
  ['GET /openapi.json', 'getDescription', '200'],
];

describe('the description of the order API', () => {
  it('has every operation under its name, with each status that it answers', () => {
    const found = OPERATIONS.map(([at, { operationId, responses }]) => [
      at,
      operationId,
      Object.keys(responses).sort().join(' '),
    ]);
    const sorted = TABLE.map(([at, id, statuses]) => [
      at,
      id,
      statuses.split(' ').sort().join(' '),
    ]);
    expect(found).toEqual(sorted);
  });

  it('says what each operation does and what each status means', () => {
    const REFUSALS: Readonly<Record<string, string>> = {
      ...{ 400: 'Malformed', 401: 'No token, or a wrong one', 404: 'No such order' },
      ...{ 413: 'Too large', 415: 'Not JSON', 422: 'Invalid, by field' },
      ...{ 429: 'Too many requests', 503: 'The database is away' },
    };
    for (const [at, { summary, responses }] of OPERATIONS) {
      expect(summary.length).toBeGreaterThan(10);
      for (const [status, { description, content }] of Object.entries<Json>(responses)) {
        if (status < '400' || at === 'GET /ready') {
          expect(description).toMatch(/^[A-Z]/);
          continue;
        }
        const name = status === '422' ? 'FieldErrors' : 'Failure';
        const schema = { $ref: `#/components/schemas/${name}` };
        expect([description, content]).toEqual([
          ...[REFUSALS[status], { 'application/json': { schema } }],
        ]);
      }
    }
  });

  it('refers to what it has', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const names = new Set(refs.map(([, name]) => name));
    expect(names).toEqual(new Set(Object.keys(document.components.schemas)));
    expect(JSON.stringify(document).match(/\$ref/g)).toHaveLength(refs.length);
  });

  it('demands a token, or none, of all but those that are asked by machines', () => {
    expect(document.security).toEqual([{}, { token: [] }]);
    expect(document.components.securitySchemes).toEqual({
      token: { type: 'http', scheme: 'bearer' },
    });
    const open = OPERATIONS.filter(([, { security }]) => security !== undefined);
    expect(open.map(([at, { security }]) => [at, security])).toEqual(
      ['GET /health', 'GET /ready', 'GET /openapi.json'].map((at) => [at, [{}]]),
    );
  });

  it('says what bodies may be, bare and wrapped, and have to be there', () => {
    const bodies = OPERATIONS.filter(([, { requestBody }]) => requestBody !== undefined);
    expect(bodies.map(([at]) => at)).toEqual([
      ...['POST /orders', 'PATCH /orders/{id}', 'PUT /orders/{id}', 'POST /outbox/retry'],
    ]);
    for (const [, { requestBody }] of bodies) expect(requestBody.required).toBe(true);
    const names = ['NewOrder', 'OrderChange', 'OrderReplacement'];
    for (const [index, [, { requestBody }]] of bodies.slice(0, 3).entries()) {
      const order = { $ref: `#/components/schemas/${names[index]}` };
      const wrapped = { type: 'object', required: ['order'], properties: { order } };
      expect(requestBody.content['application/json'].schema).toEqual({
        anyOf: [{ ...wrapped, additionalProperties: false }, order],
      });
    }
    expect(bodies[3]?.[1].requestBody.content['application/json'].schema).toMatchObject({
      ...{ type: 'object', additionalProperties: false },
      properties: { ids: { type: 'array', maxItems: 1000, items: { maxLength: 64 } } },
    });
  });

  it('says what else goes with a page and a creation', () => {
    const { get, post } = document.paths['/orders'];
    const page = get.responses[200].content['application/json'].schema;
    expect(page).toEqual({
      ...{ type: 'object', required: ['orders', 'page'] },
      properties: {
        orders: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
        page: {
          ...{ type: 'object', required: ['limit', 'next_cursor'] },
          properties: { limit: { type: 'integer' }, next_cursor: { type: ['string', 'null'] } },
        },
      },
    });
    expect(post.parameters).toMatchObject([
      {
        ...{ name: 'Idempotency-Key', in: 'header' },
        schema: { type: 'string', minLength: 1, maxLength: 255 },
      },
    ]);
    expect(post.responses[201].headers).toEqual({ Location: { schema: { type: 'string' } } });
    const order = post.responses[201].content['application/json'].schema;
    expect(order).toEqual({ $ref: '#/components/schemas/Order' });
    const { responses } = document.paths['/metrics'].get;
    expect(responses[200].content).toEqual({ 'text/plain': {} });
  });

  it('has the fields of an order as they are answered', () => {
    const { properties, required } = document.components.schemas.Order;
    const fields = ['id', 'user_id', 'total', 'status', 'created_at', 'updated_at'];
    expect([Object.keys(properties), required]).toEqual([fields, fields]);
    for (const id of ['id', 'user_id']) expect(properties[id]).toMatchObject({ minimum: 1 });
    expect(properties.total).toMatchObject({ type: 'number', minimum: 0, examples: [29.99] });
    for (const at of ['created_at', 'updated_at']) expect(properties[at].format).toBe('date-time');
    const { Failure, FieldErrors, NewOrder, OrderReplacement } = document.components.schemas;
    expect(Failure.properties.error.required).toEqual(['code', 'message']);
    expect(FieldErrors.properties.errors.additionalProperties).toMatchObject({ minItems: 1 });
    expect(NewOrder.properties.status).toMatchObject({ const: 'pending' });
    expect(OrderReplacement.required).toEqual(['user_id', 'total', 'status']);
    expect(OrderReplacement.properties.user_id.maximum).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('is of the routes that there are', () => {
    const handle = () => Promise.reject(new Error('none'));
    const paths = ['/orders/:id', '/health'];
    const some = read(paths.map((path) => ({ method: 'GET', path, handle })));
    expect(Object.keys(some.paths)).toEqual(['/orders/{id}', '/health']);
    expect(some.info).toMatchObject({ title: 'Orders', license: { name: 'MIT' } });
    expect(some.servers).toEqual([{ url: '/' }]);
  });
});
