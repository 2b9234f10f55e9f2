import { Code, ConnectError, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Database } from '../../../../src/lib/database/database.ts';
import { MIGRATIONS } from '../../../../src/lib/orders/migrations.ts';
import { createOrders, type OrderTiming } from '../../../../src/lib/platform/orders/orders.ts';
import { PAYMENT_MIGRATIONS } from '../../../../src/lib/platform/payments/migrations.ts';
import { paymentService } from '../../../../src/lib/platform/payments/payment-service.ts';
import { PRODUCT_MIGRATIONS } from '../../../../src/lib/platform/products/migrations.ts';
import { stockService } from '../../../../src/lib/platform/products/stock-service.ts';
import { PaymentService } from '../../../../src/lib/platform/rpc/pubsub/platform/v1/payments_pb.js';
import { StockService } from '../../../../src/lib/platform/rpc/pubsub/platform/v1/stock_pb.js';
import type { ServiceParts } from '../../../../src/lib/platform/service/definition.ts';
import { readServiceEnvironment } from '../../../../src/lib/platform/service/environment.ts';
import { startGrpcServer } from '../../../../src/lib/platform/service/grpc-server.ts';
import { startServiceServer } from '../../../../src/lib/platform/service/http-server.ts';
import { createServiceMetrics } from '../../../../src/lib/platform/service/metrics.ts';
import { AppError } from '../../../../src/lib/rules/errors.ts';
import { type Description, describedBy } from '../described.ts';
import { type Answer, authenticate, createTestLog } from '../service.ts';
import { useDatabase } from '../service-database.ts';

/** What happens to calls of a method; `lost` is answered, and its answer never arrives. */
export type Fault = 'away' | 'lost' | 'held';

/** Faults of the way between orders and the services that it asks. */
export class Faults {
  private readonly faults = new Map<string, { fault: Fault; times: number }>();
  private held: (() => void)[] = [];
  /** Calls that came, by method. */
  readonly calls: string[] = [];

  /** @param method such as `Reserve`. @param times so often at the most. */
  set(method: string, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.faults.set(method, { fault, times });
  }

  /** Ends all faults; calls that were held go on. */
  clear(): void {
    this.faults.clear();
    for (const goOn of this.held.splice(0)) goOn();
  }

  readonly interceptor: Interceptor = (next) => async (request) => {
    const { name } = request.method;
    this.calls.push(name);
    const found = this.faults.get(name);
    if (found === undefined || found.times-- <= 0) return next(request);
    if (found.fault === 'away') throw new ConnectError('nobody answers', Code.Unavailable);
    if (found.fault === 'held') await new Promise<void>((resolve) => this.held.push(resolve));
    const answer = await next(request);
    if (found.fault === 'lost') throw new ConnectError('no answer', Code.DeadlineExceeded);
    return answer;
  };
}

/** Sends a request as somebody; `headers` besides. */
export type Send = (
  method: string,
  path: string,
  more?: { body?: unknown; token?: string; headers?: Record<string, string> },
) => Promise<Answer>;

/** The orders service beside real products and payments. Valid from `beforeAll` on. */
export interface TestShop {
  readonly send: Send;
  readonly faults: Faults;
  readonly databases: Readonly<Record<'orders' | 'products' | 'payments', () => Database>>;
  /** Another process of the orders service, on the same database. @returns what ends it */
  another(timing?: Partial<OrderTiming>): Promise<() => Promise<void>>;
  /** Asks products and payments as the orders service does, without faults. */
  readonly stock: () => ReturnType<typeof createClient<typeof StockService>>;
  readonly payments: () => ReturnType<typeof createClient<typeof PaymentService>>;
  /** Makes a product. @returns its id */
  product(price: string, stock: number): Promise<number>;
  /** Units of a product that can be reserved, and that were not sold. */
  units(id: number): Promise<{ available: number; onHand: number }>;
}

/** What is published waits: the outbox is looked at. */
const AWAY = {
  publisher: () => ({
    publish: async () => ({
      published: 0,
      failed: 0,
      fatal: new AppError({ code: 'EndpointUnreachable', message: 'The broker is away.' }),
    }),
  }),
  subscribe: () => async () => {},
  check: async () => {},
  close: async () => {},
};

/** Retries at once; waits for an order however long it takes on a busy machine. */
const QUICK: Partial<OrderTiming> = {
  waitMs: 600_000,
  delayMs: () => 20,
  giveUpAfterMs: 600_000,
  undoAttempts: 1000,
};

/** Starts the shop for a block. @param timing besides `QUICK`. */
export function useShop(timing: Partial<OrderTiming> = {}): TestShop {
  let differs: ReturnType<typeof describedBy> = () => undefined;
  const databases = {
    orders: useDatabase(MIGRATIONS),
    products: useDatabase(PRODUCT_MIGRATIONS),
    payments: useDatabase(PAYMENT_MIGRATIONS),
  };
  const faults = new Faults();
  const log = createTestLog();
  const closing: (() => unknown)[] = [];
  const urls = { orders: '', products: '', payments: '' };
  const sessions = new Map<string, Http2SessionManager>();

  const transport = (url: string, withFaults: boolean) => {
    const sessionManager = sessions.get(url) ?? new Http2SessionManager(url);
    sessions.set(url, sessionManager);
    const token: Interceptor = (next) => (request) => {
      request.header.set('authorization', 'Bearer service');
      return next(request);
    };
    const interceptors = withFaults ? [faults.interceptor, token] : [token];
    return createGrpcTransport({ baseUrl: url, sessionManager, interceptors });
  };
  const parts = (more: Partial<OrderTiming> = {}): Promise<ServiceParts> =>
    createOrders(
      {
        database: databases.orders(),
        ...{ authenticate, log, messaging: AWAY },
        grpc: (peer) => transport(urls[peer as keyof typeof urls], true),
      },
      { ...QUICK, ...timing, ...more },
    );

  beforeAll(async () => {
    const shared = { log, metrics: createServiceMetrics('orders'), tracing: undefined };
    for (const [name, routes] of [
      ['products', stockService(databases.products())],
      ['payments', paymentService(databases.payments())],
    ] as const) {
      const where = { host: '127.0.0.1', port: 0 };
      const server = await startGrpcServer({
        ...shared,
        ...where,
        routes,
        tokens: { authenticate },
      });
      closing.push(() => server.stop());
      urls[name] = server.url;
    }
    closing.push(() => {
      for (const session of sessions.values()) session.abort();
    });
    const made = await parts();
    const environment = readServiceEnvironment('orders', { PORT: '0', GRPC_PORT: '0' });
    const server = await startServiceServer({
      ...{ ...shared, environment, version: '1.2.3', parts: made },
      readiness: async () => ({ ready: true }),
    });
    urls.orders = server.url;
    const description = await fetch(`${server.url}/openapi.json`);
    differs = describedBy((await description.json()) as Description);
    const end = await made.start?.();
    closing.push(async () => {
      faults.clear();
      await end?.();
    });
    closing.push(() => server.stop());
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  return {
    faults,
    databases,
    send: async (method, path, { body, token = 'user', headers = {} } = {}) => {
      const answer = await fetch(urls.orders + path, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== '' && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const got = { status: answer.status, headers: answer.headers, body: await answer.json() };
      expect(differs({ method, path, ...got })).toBeUndefined();
      return got;
    },
    another: async (more) => {
      const end = await (await parts(more)).start?.();
      return async () => end?.();
    },
    stock: () => createClient(StockService, transport(urls.products, false)),
    payments: () => createClient(PaymentService, transport(urls.payments, false)),
    product: async (price, stock) => {
      const { rows } = await databases.products().query<{ id: string }>(
        `insert into products (name, description, search_text, price, on_hand, available)
          values ('Cup', '', 'cup', $1::text::numeric, $2, $2) returning id`,
        [price, stock],
      );
      return Number(rows[0]?.id);
    },
    units: async (id) => {
      const { rows } = await databases
        .products()
        .query<{ available: number; onHand: number }>(
          'select available, on_hand as "onHand" from products where id = $1::bigint',
          [id],
        );
      return rows[0] ?? { available: -1, onHand: -1 };
    },
  };
}
