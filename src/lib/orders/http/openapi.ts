import type { ApiRoute } from '../../http/api.ts';
import {
  answerSchema,
  bodySchema,
  type Json,
  jsonAnswer,
  reference,
  requestBody,
} from '../../http/openapi-parts.ts';
import { BODY_REFUSALS, operation, orderAnswer, orderBody, plain } from './openapi-parts.ts';
import {
  failure,
  fieldErrors,
  listQuery,
  newOrder,
  order,
  orderChange,
  orderReplacement,
  retryBody,
} from './schemas.ts';

/**
 * The API as OpenAPI 3.1, made from the schemas that requests are checked with.
 * @param routes what there is of it; all unless given.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(version: string, routes?: readonly ApiRoute[]): Json {
  const all = describedApi(version);
  if (routes === undefined) return all;
  const there = new Set(routes.map(({ path }) => path.replace(/:(\w+)/g, '{$1}')));
  const paths = Object.entries(all.paths).filter(([path]) => there.has(path));
  return { ...all, paths: Object.fromEntries(paths) };
}

function describedApi(version: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Orders',
      version,
      description:
        'Stores orders and announces them on a topic. Events arrive at least once: event_id tells a repeated one.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    paths: {
      '/orders': { get: listOperation(), post: createOperation() },
      '/orders/{id}': {
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            schema: { type: 'integer', minimum: 1 },
          },
        ],
        get: operation('getOrder', 'Read an order', { 200: orderAnswer('The order') }, [404]),
        patch: changeOperation('changeOrder', 'Change some fields of an order', 'OrderChange'),
        put: changeOperation('replaceOrder', 'Give every field of an order', 'OrderReplacement'),
      },
      '/health': { get: plain('getHealth', 'Whether the process is there') },
      '/ready': {
        get: {
          ...plain('getReadiness', 'Whether database, outbox and topic are as they should be'),
          responses: { 200: jsonAnswer('Ready', {}), 503: jsonAnswer('Not ready', {}) },
        },
      },
      '/metrics': {
        get: operation('getMetrics', 'Numbers for Prometheus', {
          200: { description: 'Text format', content: { 'text/plain': {} } },
        }),
      },
      '/outbox': {
        get: operation(
          'getOutbox',
          'Events that wait, and the oldest failing ones',
          { 200: jsonAnswer('The outbox', {}) },
          [422],
        ),
      },
      '/outbox/retry': {
        post: {
          ...operation(
            'retryEvents',
            'Try failing events again at once',
            { 200: jsonAnswer('The events that are due now', {}) },
            [400, 413, 415, 422],
          ),
          requestBody: requestBody(bodySchema(retryBody)),
        },
      },
      '/openapi.json': { get: plain('getDescription', 'This document') },
    },
    components: {
      schemas: {
        Order: answerSchema(order),
        NewOrder: bodySchema(newOrder),
        OrderChange: { ...bodySchema(orderChange), minProperties: 1 },
        OrderReplacement: bodySchema(orderReplacement),
        FieldErrors: answerSchema(fieldErrors),
        Failure: answerSchema(failure),
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function listOperation(): Json {
  const { properties } = bodySchema(listQuery) as { properties: Record<string, Json> };
  return {
    ...operation(
      'listOrders',
      'List orders, the newest first',
      {
        200: jsonAnswer('A page', {
          type: 'object',
          required: ['orders', 'page'],
          properties: {
            orders: { type: 'array', items: reference('Order') },
            page: {
              type: 'object',
              required: ['limit', 'next_cursor'],
              properties: {
                limit: { type: 'integer' },
                next_cursor: { type: ['string', 'null'] },
              },
            },
          },
        }),
      },
      [422],
    ),
    parameters: Object.entries(properties).map(([name, { pattern, ...schema }]) => ({
      name,
      in: 'query',
      // Numbers are text in a URL only.
      schema: schema.type === 'string' && pattern ? { ...schema, pattern } : schema,
    })),
  };
}

function createOperation(): Json {
  return {
    ...operation(
      'createOrder',
      'Create an order; it is announced with order.created',
      {
        201: {
          ...orderAnswer('The order as it was stored'),
          headers: { Location: { schema: { type: 'string' } } },
        },
      },
      BODY_REFUSALS,
    ),
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'A repeated request with the same key gets the first answer, for 24 hours.',
        schema: { type: 'string', minLength: 1, maxLength: 255 },
      },
    ],
    requestBody: orderBody('NewOrder'),
  };
}

function changeOperation(operationId: string, summary: string, body: string): Json {
  return {
    ...operation(
      operationId,
      `${summary}; a new status is announced with order.updated`,
      { 200: orderAnswer('The order as it is now') },
      [404, ...BODY_REFUSALS],
    ),
    requestBody: orderBody(body),
  };
}
