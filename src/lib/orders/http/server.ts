import type { AddressInfo } from 'node:net';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import type { Tracing } from '../../tracing/tracing.ts';
import type { Database } from '../database.ts';
import { readOutboxLag } from '../outbox-status.ts';
import type { ServerLog } from '../server-log.ts';
import { createSqlOrderStore } from '../store/sql-order-store.ts';
import { addRoutes } from './add-routes.ts';
import { answerBrokenRequest, REQUEST_TIMEOUT_MS } from './broken-request.ts';
import { ANSWER_TIMEOUT_MS, failureAnswer } from './failures.ts';
import { addGuards } from './guards.ts';
import { readBody } from './json-body.ts';
import { createMetrics, type RelayCounts } from './metrics.ts';
import { metricsRoute, operationRoutes } from './operation-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { outboxRoutes } from './outbox-routes.ts';
import type { ReadyCheck } from './readiness.ts';
import { requestId } from './request-id.ts';
import { recordRequests } from './request-spans.ts';

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
  /** Records traces; absent where nobody does. */
  readonly tracing?: Tracing | undefined;
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
  const { database, host, port, announce = true, onEvent } = options;
  const app = createApp(options);
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
  await addGuards(app, { ...options, routes });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const ms = reply.elapsedTime;
    metrics.observe({ method, route, status: reply.statusCode, seconds: ms / 1000 });
    const { log } = options;
    log({ kind: 'request', requestId: request.id, method, route, status: reply.statusCode, ms });
  });
  addRoutes(app, routes, spans);
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, stop: () => stop(app) };
}

function createApp(options: OrderServerOptions): FastifyInstance {
  const { bodyLimit, log, trustedProxies = [] } = options;
  const fail = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, body } = failureAnswer(error, request.id, log);
    void reply.code(status).headers(headers).send(body);
  };
  const app = fastify({
    bodyLimit,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: ANSWER_TIMEOUT_MS,
    connectionTimeout: SOCKET_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: REQUEST_CHECK_MS },
    forceCloseConnections: 'idle',
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    frameworkErrors: fail,
    clientErrorHandler: answerBrokenRequest,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async ({ headers }: FastifyRequest, body: Buffer) => readBody(headers, body),
  );
  app.setErrorHandler(fail);
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
