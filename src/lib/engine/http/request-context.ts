import type { ServerResponse } from 'node:http';
import type { ResourcePolicy } from '../../rules/policy/index.ts';
import type { Connection, RequestContext } from '../action.ts';
import type { Engine } from '../engine.ts';
import type { Identity } from '../identity.ts';

/** Makes the context of one request. Its signal costs nothing until an action asks for it. */
export function requestContext(
  engine: Engine,
  identity: Identity,
  requestId: string,
  response: ServerResponse,
): RequestContext {
  return new Context(engine, identity, requestId, response);
}

class Context implements RequestContext {
  readonly engine: Engine;
  readonly requestId: string;
  readonly #identity: Identity;
  readonly #response: ServerResponse;
  #signal: AbortSignal | undefined;

  constructor(engine: Engine, identity: Identity, requestId: string, response: ServerResponse) {
    this.engine = engine;
    this.requestId = requestId;
    this.#identity = identity;
    this.#response = response;
  }

  get account(): string {
    return this.#identity.account;
  }

  get region(): string {
    return this.#identity.region;
  }

  get principalArn(): string {
    return this.#identity.principalArn;
  }

  get accessKeyId(): string {
    return this.#identity.accessKeyId;
  }

  get sessionPolicy(): ResourcePolicy | undefined {
    return this.#identity.policy;
  }

  get baseUrl(): string {
    const { req } = this.#response;
    return `http://${req.headers.host ?? `127.0.0.1:${req.socket.localPort}`}`;
  }

  get sourceIp(): string {
    return this.#response.req.socket.remoteAddress ?? '127.0.0.1';
  }

  get userAgent(): string {
    return this.#response.req.headers['user-agent'] ?? '';
  }

  get connection(): Connection {
    return this.#response.req.socket;
  }

  get traceHeader(): string | undefined {
    const header = this.#response.req.headers['x-amzn-trace-id'];
    return typeof header === 'string' ? header : undefined;
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      const response = this.#response;
      const abortIfUnanswered = () => {
        if (!response.writableEnded) controller.abort();
      };
      if (response.destroyed || response.socket === null || response.socket.destroyed) {
        controller.abort();
      } else {
        response.once('close', abortIfUnanswered);
      }
      this.#signal = controller.signal;
    }
    return this.#signal;
  }
}
