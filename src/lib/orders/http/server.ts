import type { Database } from '../../database/database.ts';
import { addRoutes } from '../../http/add-routes.ts';
import { createApp, type HttpServer, listenOn } from '../../http/app.ts';
import { addGuards } from '../../http/guards.ts';
import { recordRequests } from '../../http/request-spans.ts';
import type { ServerLog } from '../../http/server-log.ts';
import { readOutboxLag } from '../../outbox/outbox-status.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import { createSqlOrderStore } from '../store/sql-order-store.ts';
import { createMetrics, type RelayCounts } from './metrics.ts';
import { metricsRoute, operationRoutes } from './operation-routes.ts';
import { orderProblem } from './order-failures.ts';
import { missingOrder } from './order-problems.ts';
import { orderRoutes } from './order-routes.ts';
import { outboxRoutes } from './outbox-routes.ts';
import type { ReadyCheck } from './readiness.ts';

export interface OrderServerOptions {
  readonly database: Database;
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Whether only this machine can reach `host`. */
  readonly loopback: boolean;
  /** Addresses and ranges of proxies whose `X-Forwarded-…` headers are believed; none unless given. */
  readonly trustedProxies?: readonly string[];
  /** Demanded of every request but probes, where given. */
  readonly token?: string | undefined;
  /** Requests a second from one address; 0 for no bound. */
  readonly rateLimit: number;
  /** Bytes of a body at the most. */
  readonly bodyLimit: number;
  readonly version: string;
  readonly log: ServerLog;
  /** Told after each commit that put an event into the outbox. */
  readonly onEvent: () => void;
  readonly relay?: (() => RelayCounts) | undefined;
  readonly topic: () => Promise<ReadyCheck>;
  /** Whether events are written; true unless measuring what that costs. */
  readonly announce?: boolean;
  /** Records traces; absent where nobody does. */
  readonly tracing?: Tracing | undefined;
}

/**
 * Starts the HTTP server of the orders.
 * @throws the error of `listen` where address or port can't be had
 */
export async function startOrderServer(options: OrderServerOptions): Promise<HttpServer> {
  const { database, host, port, announce = true, onEvent } = options;
  const app = createApp({ ...options, ownProblem: orderProblem });
  const lag = () => readOutboxLag(database);
  const metrics = createMetrics({ lag, relay: options.relay });
  const readiness = { lag, topic: options.topic };
  const beside = [
    ...orderRoutes({ store: createSqlOrderStore(database, { announce }), onEvent }),
    ...outboxRoutes({ database, onEvent }),
    metricsRoute(metrics),
  ];
  const { version, tracing } = options;
  const spans = tracing && recordRequests(app, tracing);
  const routes = [...beside, ...operationRoutes({ version, readiness, beside })];
  await addGuards(app, { ...options, routes, missing: missingOrder });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const ms = reply.elapsedTime;
    metrics.observe({ method, route, status: reply.statusCode, seconds: ms / 1000 });
    const { log } = options;
    log({ kind: 'request', requestId: request.id, method, route, status: reply.statusCode, ms });
  });
  addRoutes(app, routes, spans);
  return listenOn(app, { host, port });
}
