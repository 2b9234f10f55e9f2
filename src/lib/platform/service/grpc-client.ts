import { Code, ConnectError, type Interceptor, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { passedOnHeaders, remainingMs } from './request-context.ts';

/** Milliseconds that a call may take. */
const CALL_TIMEOUT_MS = 5_000;

/** The gRPC endpoints of other services, one connection each. */
export interface GrpcClients {
  at(url: string): Transport;
  close(): void;
}

/** @param token gives what calls carry that bring no token of their own */
export function createGrpcClients(token: () => Promise<string>): GrpcClients {
  const sessions: Http2SessionManager[] = [];
  const transports = new Map<string, Transport>();
  const interceptors = [inTime, withToken(token)];
  return {
    at(url) {
      const known = transports.get(url);
      if (known !== undefined) return known;
      const sessionManager = new Http2SessionManager(url);
      sessions.push(sessionManager);
      const transport = createGrpcTransport({ baseUrl: url, interceptors, sessionManager });
      transports.set(url, transport);
      return transport;
    },
    close() {
      for (const session of sessions) session.abort();
    },
  };
}

/** A call ends when nobody waits for it any more, and tells its server when that is. */
const inTime: Interceptor = (next) => async (request) => {
  const ms = remainingMs(CALL_TIMEOUT_MS);
  if (ms === 0) throw new ConnectError('the deadline is over', Code.DeadlineExceeded);
  for (const [name, value] of Object.entries(passedOnHeaders(ms))) {
    if (!request.header.has(name)) request.header.set(name, value);
  }
  const late = AbortSignal.timeout(ms);
  try {
    return await next({ ...request, signal: AbortSignal.any([request.signal, late]) });
  } catch (error) {
    if (late.aborted) {
      throw new ConnectError(`no answer within ${Math.round(ms)} ms`, Code.DeadlineExceeded);
    }
    throw error;
  }
};

function withToken(token: () => Promise<string>): Interceptor {
  return (next) => async (request) => {
    if (!request.header.has('authorization')) {
      request.header.set('authorization', `Bearer ${await token()}`);
    }
    return next(request);
  };
}
