import type { ResourcePolicy } from '../../rules/policy/index.ts';
import type { Connection, RequestContext } from '../action.ts';
import type { Clock } from '../clock.ts';
import type { Identity } from '../identity.ts';
import type { Journal } from '../journal/journal.ts';
import type { EngineParts } from '../parts.ts';
import type { CallResponse } from './call.ts';
import { sourceIpOf } from './source-ip.ts';

/** Makes the context of one request. Its signal costs nothing until an action asks for it. */
export function requestContext<State>(
  parts: EngineParts,
  state: State,
  identity: Identity,
  requestId: string,
  response: CallResponse,
  isPlainText: boolean,
): RequestContext<State> {
  return new Context(parts, state, identity, requestId, response, isPlainText);
}

class Context<State> implements RequestContext<State> {
  readonly state: State;
  readonly requestId: string;
  readonly isPlainText: boolean;
  readonly #parts: EngineParts;
  readonly #identity: Identity;
  readonly #response: CallResponse;
  #signal: AbortSignal | undefined;

  constructor(
    parts: EngineParts,
    state: State,
    identity: Identity,
    requestId: string,
    response: CallResponse,
    isPlainText: boolean,
  ) {
    this.#parts = parts;
    this.state = state;
    this.requestId = requestId;
    this.isPlainText = isPlainText;
    this.#identity = identity;
    this.#response = response;
  }

  get clock(): Clock {
    return this.#parts.clock;
  }

  get journal(): Journal {
    return this.#parts.journal;
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

  get userId(): string {
    return this.#identity.userId;
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
    return sourceIpOf(this.#response.req);
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
