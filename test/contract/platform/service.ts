import type { DescService } from '@bufbuild/protobuf';
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
  type Transport,
} from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { afterAll, beforeAll, expect } from 'vitest';
import { Problem } from '../../../src/lib/http/problem.ts';
import type { Caller } from '../../../src/lib/platform/service/caller.ts';
import type { ServiceContext, ServiceParts } from '../../../src/lib/platform/service/definition.ts';
import { readServiceEnvironment } from '../../../src/lib/platform/service/environment.ts';
import { startGrpcServer } from '../../../src/lib/platform/service/grpc-server.ts';
import { startServiceServer } from '../../../src/lib/platform/service/http-server.ts';
import type { ServiceLog } from '../../../src/lib/platform/service/log.ts';
import { createServiceMetrics } from '../../../src/lib/platform/service/metrics.ts';
import { type Description, describedBy } from './described.ts';

/** An answer as tests look at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly body: any;
}

/** Sends a request; `body` as JSON, `token` as bearer token. */
export type Send = (
  method: string,
  path: string,
  more?: { readonly body?: unknown; readonly token?: string | undefined },
) => Promise<Answer>;

/** A service over real HTTP and gRPC. Valid from `beforeAll` on. */
export interface TestService {
  readonly send: Send;
  /** Of gRPC, such as `127.0.0.1:4003`. */
  grpcAddress(): string;
  /** A client of one of its gRPC services. */
  client<S extends DescService>(service: S): Client<S>;
  /** A connection to its gRPC services with the token of another service. */
  asService(): Transport;
}

/** Tokens as tests send them, and whose they are: those of auth have tests of their own. */
const CALLERS: Readonly<Record<string, Caller>> = {
  service: { kind: 'service', id: 'orders', roles: ['service'], token: 'service' },
  notifications: {
    kind: 'service',
    id: 'notifications',
    roles: ['service'],
    token: 'notifications',
  },
  admin: { kind: 'user', id: 1, roles: ['user', 'admin'], sessionId: 's1', token: 'admin' },
  user: { kind: 'user', id: 7, roles: ['user'], sessionId: 's7', token: 'user' },
  other: { kind: 'user', id: 8, roles: ['user'], sessionId: 's8', token: 'other' },
};

/** Says who calls. @throws Problem 401 */
export const authenticate: ServiceContext['authenticate'] = async ({ authorization = '' }) => {
  const caller = CALLERS[authorization.replace('Bearer ', '')];
  if (caller === undefined) throw new Problem(401, 'Unauthenticated', 'A token is missing.');
  return caller;
};

/** Options of a gRPC call with a token. */
export function as(token: string): { headers: { authorization: string } } {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** Code and message of a gRPC call that is refused. */
export async function refusal(call: Promise<unknown>): Promise<readonly [string, string]> {
  const thrown = await call.then(
    () => new Error('It was not refused.'),
    (error: unknown) => error,
  );
  const error = ConnectError.from(thrown);
  return [Code[error.code] ?? '', error.rawMessage];
}

/**
 * Calls again what was refused for a lock or a connection that didn't come in time, as clients do.
 * @returns the answer, or the code of another refusal
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T | string> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const { code } = ConnectError.from(error);
      if (code !== Code.Unavailable) return Code[code] ?? '';
    }
  }
}

/** A log that keeps what went wrong. */
export function createTestLog(): ServiceLog & { readonly errors: string[] } {
  const errors: string[] = [];
  const ignore = (): void => {};
  return { errors, info: ignore, warn: ignore, error: (message) => void errors.push(message) };
}

/**
 * Serves routes and gRPC methods for a block, and does its background work. What fails for a reason of the service's own
 * fails the test, and so does an answer that isn't as the service describes itself.
 */
export function useService(
  name: ServiceContext['environment']['name'],
  parts: () => ServiceParts | Promise<ServiceParts>,
): TestService {
  const log = createTestLog();
  const closing: (() => unknown)[] = [];
  let url = '';
  let grpcUrl = '';
  let differs: ReturnType<typeof describedBy> = () => undefined;
  let sessions: Http2SessionManager | undefined;
  beforeAll(async () => {
    const shared = { log, metrics: createServiceMetrics(name), tracing: undefined };
    const made = await parts();
    const environment = readServiceEnvironment(name, { PORT: '0', GRPC_PORT: '0' });
    const server = await startServiceServer({
      ...{ ...shared, environment, version: '1.2.3', parts: made },
      readiness: async () => ({ ready: true }),
    });
    closing.push(() => server.stop());
    url = server.url;
    const description = await fetch(`${url}/openapi.json`);
    differs = describedBy((await description.json()) as Description);
    if (made.start) closing.push(await made.start());
    if (made.grpc === undefined) return;
    const grpc = await startGrpcServer({
      ...{ ...shared, host: '127.0.0.1', port: 0, routes: made.grpc, tokens: { authenticate } },
    });
    closing.push(() => grpc.stop());
    grpcUrl = grpc.url;
    sessions = new Http2SessionManager(grpcUrl);
    closing.push(() => sessions?.abort());
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    if (log.errors.length > 0) throw new Error(`The service failed: ${log.errors.join('; ')}`);
  });
  const connectTo = (interceptors: Interceptor[]): Transport => {
    if (sessions === undefined) throw new Error('The service is there from beforeAll on.');
    return createGrpcTransport({ baseUrl: grpcUrl, sessionManager: sessions, interceptors });
  };
  return {
    send: async (method, path, { body, token } = {}) => {
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const got = { status: answer.status, headers: answer.headers, body: JSON.parse(text) };
      expect(differs({ method, path, ...got })).toBeUndefined();
      return got;
    },
    grpcAddress: () => grpcUrl.replace('http://', ''),
    client: (service) => createClient(service, connectTo([])),
    asService: () =>
      connectTo([
        (next) => (request) => {
          request.header.set('authorization', 'Bearer service');
          return next(request);
        },
      ]),
  };
}
