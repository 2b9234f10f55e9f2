import type { AddressInfo } from 'node:net';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import { answerBrokenRequest, REQUEST_TIMEOUT_MS } from './broken-request.ts';
import { ANSWER_TIMEOUT_MS, failureAnswer, type OwnProblem } from './failures.ts';
import { readBody } from './json-body.ts';
import { PLAIN_PROBLEMS, type ProblemFormat } from './problem-format.ts';
import { requestId } from './request-id.ts';
import type { ServerLog } from './server-log.ts';

/** Milliseconds between looks for requests that take too long to arrive: Node's own are 30 s apart. */
const REQUEST_CHECK_MS = 1_000;
/** Milliseconds after which a connection is closed on which nothing moves, such as one whose client reads no answer. */
const SOCKET_TIMEOUT_MS = REQUEST_TIMEOUT_MS + ANSWER_TIMEOUT_MS;
/** Milliseconds that answers may take after the server was asked to stop. */
const STOP_TIMEOUT = 10_000;
/** Milliseconds between looks for connections without a request while it stops. */
const IDLE_CHECK = 50;

export interface AppOptions {
  /** Bytes of a body at the most. */
  readonly bodyLimit: number;
  readonly log: ServerLog;
  /** Addresses and ranges of proxies whose `X-Forwarded-…` headers are believed; none unless given. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly ownProblem?: OwnProblem | undefined;
  /** How errors are written; `PLAIN_PROBLEMS` unless given. */
  readonly problems?: ProblemFormat;
}

export interface HttpServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no more requests, and resolves when those in hand are answered. */
  stop(): Promise<void>;
}

/** A server for JSON that bounds what clients may send and how long they may take, and answers errors as problems. */
export function createApp(options: AppOptions): FastifyInstance {
  const { bodyLimit, log, trustedProxies = [], ownProblem, problems = PLAIN_PROBLEMS } = options;
  const fail = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, body } = failureAnswer(error, request.id, log, {
      own: ownProblem,
      format: problems,
    });
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
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, problems),
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

/** @throws the error of `listen` where address or port can't be had */
export async function listenOn(
  app: FastifyInstance,
  at: { readonly host: string /** 0 for a free one. */; readonly port: number },
): Promise<HttpServer> {
  await app.listen(at);
  const address = app.server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, stop: () => stop(app) };
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
