import { createServer, type Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createContextKey,
  type HandlerContext,
  type Interceptor,
} from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { isLocked, isOutage } from '../../http/failures.ts';
import { Problem } from '../../http/problem.ts';
import { requestId } from '../../http/request-id.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import type { Caller } from './caller.ts';
import type { ServiceLog } from './log.ts';
import type { ServiceMetrics } from './metrics.ts';
import { DEADLINE_HEADER, describeRequest, withRequest } from './request-context.ts';
import type { TokenCheck } from './tokens.ts';

/** Bytes of a message at the most: it is read before its token is looked at. */
const MAX_MESSAGE_BYTES = 65_536;
/** Milliseconds that calls may take after the server was asked to stop. */
const STOP_TIMEOUT_MS = 10_000;

const CALLER = createContextKey<Caller | undefined>(undefined, { description: 'caller' });

/** Who makes a call. @throws ConnectError `Unauthenticated` outside of a server that checks tokens */
export function callerOf(context: HandlerContext): Caller {
  const caller = context.values.get(CALLER);
  if (caller === undefined) throw new ConnectError('no token', Code.Unauthenticated);
  return caller;
}

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly routes: (router: ConnectRouter) => void;
  readonly tokens: Pick<TokenCheck, 'authenticate'>;
  readonly log: ServiceLog;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing | undefined;
}

export interface GrpcServer {
  /** Such as `http://127.0.0.1:4003`. */
  readonly url: string;
  /** Takes no more calls, and resolves when those in hand are answered. */
  stop(): Promise<void>;
}

/**
 * Serves gRPC over HTTP/2 without TLS (h2c) to callers with a token.
 * @throws the error of `listen` where address or port can't be had
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { host, port, routes } = options;
  const handler = connectNodeAdapter({
    routes,
    connect: false,
    grpcWeb: false,
    readMaxBytes: MAX_MESSAGE_BYTES,
    interceptors: [observe(options), admit(options.tokens)],
  });
  const server = createServer(handler);
  const sessions = new Set<Http2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const session of sessions) session.close();
      const timer = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, STOP_TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Records each call: its span, its number, and what failed for a reason of our own. */
function observe({ log, metrics, tracing }: GrpcServerOptions): Interceptor {
  return (next) => async (request) => {
    const began = performance.now();
    const { pathname: route } = new URL(request.url);
    const headers = {
      traceparent: request.header.get('traceparent') ?? undefined,
      [DEADLINE_HEADER]: request.header.get(DEADLINE_HEADER) ?? undefined,
    };
    const { traceparent } = headers;
    const span = tracing?.serving({ method: 'POST', url: route, traceparent });
    const id = requestId(request.header.get('x-request-id') ?? undefined);
    const ended = (code: Code | undefined): void => {
      const status = code === undefined ? 'ok' : (Code[code] ?? 'Unknown');
      const ms = performance.now() - began;
      metrics.observe({ method: 'POST', route, status, seconds: ms / 1000 });
      span?.end(isOurFault(code) ? 500 : 200, route);
      log.info('call', { route, status, ms: Math.round(ms * 10) / 10 });
    };
    return withRequest(describeRequest(id, headers, span?.traceparent), async () => {
      try {
        const answer = await next(request);
        ended(undefined);
        return answer;
      } catch (error) {
        const refusal = asConnectError(error);
        if (isOurFault(refusal.code)) log.error(String(error), { route });
        ended(refusal.code);
        throw refusal;
      }
    });
  };
}

function isOurFault(code: Code | undefined): boolean {
  return code === Code.Internal || code === Code.Unknown || code === Code.DataLoss;
}

function admit(tokens: Pick<TokenCheck, 'authenticate'>): Interceptor {
  return (next) => async (request) => {
    const authorization = request.header.get('authorization') ?? undefined;
    request.contextValues.set(CALLER, await tokens.authenticate({ authorization }));
    return next(request);
  };
}

const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.FailedPrecondition,
  422: Code.InvalidArgument,
  503: Code.Unavailable,
  504: Code.DeadlineExceeded,
};

/** What a handler threw as a gRPC error; what nobody expected says nothing of itself. */
function asConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof Problem) {
    return new ConnectError(error.message, CODES[error.status] ?? Code.Unknown);
  }
  if (isLocked(error) || isOutage(error)) {
    return new ConnectError('The data can not be reached just now.', Code.Unavailable);
  }
  return new ConnectError('Something went wrong; the log says what.', Code.Internal);
}
