import { afterAll, beforeAll } from 'vitest';
import type { HttpServer } from '../../../src/lib/http/app.ts';
import type { ServerLogEntry } from '../../../src/lib/http/server-log.ts';
import { type OrderServerOptions, startOrderServer } from '../../../src/lib/orders/http/server.ts';
import { SERVER_DEFAULTS } from '../../../src/lib/orders/server-defaults.ts';
import type { TestDatabase } from './orders-database.ts';

/** An order as the server answers it. */
export interface OrderBody {
  readonly id: number;
  readonly user_id: number;
  readonly total: number;
  readonly status: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Every body that the server answers, in one: a test knows which it asked for. */
export interface AnswerBody extends OrderBody {
  readonly orders: readonly OrderBody[];
  readonly page: { readonly limit: number; readonly next_cursor: string | null };
  readonly errors: Readonly<Record<string, readonly string[]>>;
  readonly error: { readonly code: string; readonly message: string };
}

/** An answer as tests look at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body parsed. */
  readonly body: AnswerBody;
}

/** A server of its own on a free port. Valid from `beforeAll` on. */
export interface TestServer {
  readonly url: string;
  readonly log: ServerLogEntry[];
  /** Stops it before the block ends. */
  stop(): Promise<void>;
  /** Times that the relay was told of an event. */
  events(): number;
  /** Sends `body` as JSON, or to the letter where it is text. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Gives a block a server over real HTTP. */
export function useServer(
  { database }: { readonly database: () => TestDatabase['database'] },
  options: Partial<OrderServerOptions> = {},
): TestServer {
  let server: HttpServer | undefined;
  const log: ServerLogEntry[] = [];
  let events = 0;
  beforeAll(async () => {
    server = await startOrderServer({
      database: database(),
      host: SERVER_DEFAULTS.host,
      port: 0,
      loopback: true,
      rateLimit: 0,
      bodyLimit: SERVER_DEFAULTS.bodyLimit,
      version: '1.2.3',
      log: (entry) => log.push(entry),
      onEvent: () => {
        events++;
      },
      topic: async () => ({ ok: true }),
      ...options,
    });
  });
  afterAll(() => server?.stop());
  const url = () => {
    if (server === undefined) throw new Error('The server is there from beforeAll on.');
    return server.url;
  };
  return {
    get url() {
      return url();
    },
    log,
    events: () => events,
    stop: async () => server?.stop(),
    send: async (method, path, body, headers) => {
      const answer = await fetch(url() + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        body: parsed(text) as AnswerBody,
      };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
