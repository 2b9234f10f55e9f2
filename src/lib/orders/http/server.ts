import type { AddressInfo } from 'node:net';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Database } from '../database.ts';
import { readOutboxLag } from '../outbox-status.ts';
import type { ServerLog } from '../server-log.ts';
import { createOrderCreator } from '../store/create-orders.ts';
import { answerBrokenRequest, REQUEST_TIMEOUT_MS } from './broken-request.ts';
import { ANSWER_TIMEOUT_MS, failureHandler, wrongMediaType } from './failures.ts';
import { addGuards } from './guards.ts';
import { readJson } from './json-body.ts';
import { createMetrics, type RelayCounts } from './metrics.ts';
import { addOperationRoutes } from './operation-routes.ts';
import { addOrderRoutes } from './order-routes.ts';
import { addOutboxRoutes } from './outbox-routes.ts';
import type { ReadyCheck } from './readiness.ts';
import { requestId } from './request-id.ts';

/** Milliseconds between looks for requests that take too long to arrive: Node's own are 30 s apart. */
const REQUEST_CHECK_MS = 1_000;
/** Milliseconds after which a connection is closed on which nothing moves, such as one whose client reads no answer. */
const SOCKET_TIMEOUT_MS = REQUEST_TIMEOUT_MS + ANSWER_TIMEOUT_MS;
/** Milliseconds that answers may take after the server was asked to stop. */
const STOP_TIMEOUT = 10_000;
/** Milliseconds between looks for connections without a request while it stops. */
const IDLE_CHECK = 50;

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
}

export interface OrderServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no more requests, and resolves when those in hand are answered. */
  stop(): Promise<void>;
}

/**
 * Starts the HTTP server of the orders.
 * @throws the error of `listen` where address or port can't be had
 */
export async function startOrderServer(options: OrderServerOptions): Promise<OrderServer> {
  const { database, host, port, announce = true } = options;
  const app = createApp(options);
  const lag = () => readOutboxLag(database);
  const metrics = createMetrics({ lag, relay: options.relay });
  await addGuards(app, options);
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const ms = reply.elapsedTime;
    metrics.observe({ method, route, status: reply.statusCode, seconds: ms / 1000 });
    const { log } = options;
    log({ kind: 'request', requestId: request.id, method, route, status: reply.statusCode, ms });
  });
  addOrderRoutes(app, {
    database,
    creator: createOrderCreator(database, { announce }),
    onEvent: options.onEvent,
  });
  addOutboxRoutes(app, { database, onEvent: options.onEvent });
  const readiness = { lag, topic: options.topic };
  addOperationRoutes(app, { version: options.version, metrics, readiness });
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, stop: () => stop(app) };
}

function createApp({ bodyLimit, log, trustedProxies = [] }: OrderServerOptions): FastifyInstance {
  const app = fastify({
    bodyLimit,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: ANSWER_TIMEOUT_MS,
    connectionTimeout: SOCKET_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: REQUEST_CHECK_MS },
    forceCloseConnections: 'idle',
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    frameworkErrors: (error, request, reply) => failureHandler(log)(error, request, reply),
    clientErrorHandler: answerBrokenRequest,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async ({ headers }: FastifyRequest, body: Buffer) => {
      const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '');
      const encoding = headers['content-encoding'] ?? 'identity';
      if ((charset && !/^utf-?8$/i.test(charset[1] ?? '')) || encoding !== 'identity') {
        throw wrongMediaType();
      }
      return readJson(body);
    },
  );
  app.setErrorHandler(failureHandler(log));
  return app;
}

async function stop(app: FastifyInstance): Promise<void> {
  // Who was answered meanwhile would keep its connection: each is closed once it has its answer.
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK);
  const timer = setTimeout(() => app.server.closeAllConnections(), STOP_TIMEOUT);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(timer);
  }
}
