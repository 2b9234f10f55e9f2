import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATEWAY_ROUTES } from '../../../../src/lib/platform/gateway/route-table.ts';
import { openApiDocument } from '../../../../src/lib/platform/service/openapi.ts';
import type { Description } from '../described.ts';
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

/** As a service describes all routes of the table. */
const DESCRIBED = openApiDocument(
  { title: 'all', version: '1.2.3' },
  GATEWAY_ROUTES.map(({ method, path, access }) => ({
    ...{ method, path, describes: { summary: `${method} ${path}`, access } },
    handle: () => Promise.reject(new Error('not asked for')),
  })),
);

describe('the description of the gateway', () => {
  let issuer: TestIssuer;
  let service: TestService;
  let gateway: TestGateway;
  beforeAll(async () => {
    issuer = await startTestIssuer();
    service = await startTestService();
    const { url } = service;
    gateway = await startTestGateway({
      ...{ AUTH_URL: url, USERS_URL: url, PRODUCTS_URL: url, ORDERS_URL: url },
      ...{ PAYMENTS_URL: url, NOTIFICATIONS_URL: url },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([service.stop(), issuer.service.stop()]);
  });

  it('says what is missing while a service is away, and is whole when it is back', async () => {
    service.answering = (_, response) => answer(response, 404, {});
    const partial = await ask(`${gateway.url}/openapi.json`);
    expect([partial.status, partial.headers.get('x-fallback')]).toEqual([200, 'partial']);
    expect(partial.body.paths).toEqual({});

    service.answering = (_, response) => answer(response, 200, DESCRIBED);
    const { status, headers, body } = await ask(`${gateway.url}/openapi.json`);
    expect([status, headers.get('x-fallback')]).toEqual([200, null]);
    const { openapi, paths } = body as unknown as Description;
    expect(openapi).toMatch(/^3\.1\./);
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations).toHaveLength(GATEWAY_ROUTES.length + 1);
    expect(operations).toContain('get /api/v1/me/orders');
    expect(operations).toContain('post /api/v1/sagas/{id}/retry');
    expect(operations).toContain('get /.well-known/jwks.json');
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
