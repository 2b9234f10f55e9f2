import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import {
  createGateway,
  type GatewayOptions,
} from '../../../../src/lib/platform/gateway/gateway.ts';
import type { ServiceParts } from '../../../../src/lib/platform/service/definition.ts';
import { readServiceEnvironment } from '../../../../src/lib/platform/service/environment.ts';
import { startServiceServer } from '../../../../src/lib/platform/service/http-server.ts';
import { createMemoryCounters } from '../../../../src/lib/platform/service/limits/counters.ts';
import { createServiceMetrics } from '../../../../src/lib/platform/service/metrics.ts';
import { createReadiness } from '../../../../src/lib/platform/service/readiness.ts';
import { createTokenCheck } from '../../../../src/lib/platform/service/tokens.ts';

/** A request as a service behind the gateway got it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a service does with a request; what isn't answered hangs. */
export type Answering = (request: SeenRequest, response: ServerResponse) => void;

/** A real HTTP server that stands for a service. */
export interface TestService {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Answers `{}` unless told otherwise. */
  answering: Answering;
  /** Takes no connection any more, on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export async function startTestService(): Promise<TestService> {
  const seen: SeenRequest[] = [];
  let server: Server;
  let port = 0;
  const up = async (): Promise<void> => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method = '', url = '', headers } = request;
      const got = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(got);
      service.answering(got, response);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const down = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const service: TestService = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    seen,
    answering: (_, response) => answer(response, 200, {}),
    ...{ up, down, stop: down },
  };
  await up();
  return service;
}

/** Who signs tokens, and publishes the key. */
export interface TestIssuer {
  readonly service: TestService;
  /** @param claims other than those of a good token; undefined leaves one out */
  token(claims?: Record<string, unknown>, key?: CryptoKey): Promise<string>;
}

export async function startTestIssuer(): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const service = await startTestService();
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }];
  service.answering = (request, response) =>
    answer(response, 200, request.url === '/.well-known/jwks.json' ? { keys } : {});
  return {
    service,
    token: (claims = {}, key = privateKey) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        ...{ iss: 'pubsub-platform', aud: 'pubsub-platform', sub: 'user:7', roles: ['user'] },
        ...{ sid: 'session', jti: crypto.randomUUID(), iat: now, exp: now + 600 },
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'test' })
        .sign(key);
    },
  };
}

/** A gateway over real HTTP; every service behind it is the one that is given, unless it has one of its own. */
export interface TestGateway {
  readonly url: string;
  readonly log: string[];
  stop(): Promise<void>;
}

export async function startTestGateway(
  env: Readonly<Record<string, string>>,
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  const environment = readServiceEnvironment('gateway', { PORT: '0', ...env });
  const metrics = createServiceMetrics('gateway');
  const tokens = createTokenCheck(environment.peers.auth.url);
  const gateway = createGateway({
    ...{ peers: environment.peers, tokens, metrics: metrics.registry, version: '1.2.3' },
    counters: createMemoryCounters(),
    origins: [],
    limits: { perCaller: 0, perAddress: 0, atOnce: 0 },
    ...options,
  });
  const log: string[] = [];
  const parts: ServiceParts = { routes: gateway.routes, extend: (app) => gateway.extend(app) };
  const server = await startServiceServer({
    ...{ environment, metrics, parts, version: '1.2.3', tracing: undefined },
    log: { info: () => {}, warn: () => {}, error: (message) => log.push(message) },
    readiness: createReadiness([{ name: 'keys', check: () => tokens.ready() }]),
  });
  return {
    url: server.url,
    log,
    stop: async () => {
      await server.stop();
      await gateway.close();
    },
  };
}

/** An answer as tests look at it. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Asks the gateway. @param token sent as a bearer token */
export async function ask(
  url: string,
  {
    token,
    headers,
    ...init
  }: RequestInit & { token?: string; headers?: Record<string, string> } = {},
): Promise<GatewayAnswer> {
  const got = await fetch(url, {
    redirect: 'manual',
    ...init,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
  });
  const text = await got.text();
  let body: Record<string, unknown> = {};
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    body = { text };
  }
  return { status: got.status, headers: got.headers, body };
}
