import { type Dispatcher, Pool } from 'undici';

/** Milliseconds that a connection may take. */
const CONNECT_TIMEOUT_MS = 1_000;
/** Connections to one service at the most; requests beyond wait for one. */
const CONNECTIONS = 128;
/** Bytes of an answer at the most: it is kept in memory. */
const MAX_ANSWER = 5 * 1024 * 1024;

/** What a service is asked. */
export interface UpstreamRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** What it answered. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Why there is no good answer. `error`: the service answered with 500 or more. */
export type FailureKind = 'error' | 'unreachable' | 'timeout';

/** A service that is away or broken: this is what breakers count. */
export class UpstreamFailure extends Error {
  readonly kind: FailureKind;
  /** Of the kind `error`. */
  readonly answer: UpstreamAnswer | undefined;

  constructor(kind: FailureKind, answer?: UpstreamAnswer, cause?: unknown) {
    super(`upstream: ${kind}`, { cause });
    this.name = 'UpstreamFailure';
    this.kind = kind;
    this.answer = answer;
  }
}

/** The caller's own deadline was over before the service had its usual time: nothing that can be held against it. */
export class CallerLate extends Error {
  constructor() {
    super('upstream: the deadline of the caller is over');
    this.name = 'CallerLate';
  }
}

/** A service over kept connections. */
export interface Upstream {
  /**
   * Asks once.
   * @param timeoutMs that the whole answer may take. @param usualMs that it would be given, but for the caller's deadline
   * @throws UpstreamFailure or CallerLate
   */
  ask(request: UpstreamRequest, timeoutMs: number, usualMs: number): Promise<UpstreamAnswer>;
  close(): Promise<void>;
}

/** @param url of the service, without a slash at its end */
export function createUpstream(url: string): Upstream {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_ANSWER,
    // The timer below bounds the whole.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    ask: async (request, timeoutMs, usualMs) => {
      const answer = await readAnswer(pool, request, timeoutMs).catch((error: unknown) => {
        if (!(error instanceof Late)) throw new UpstreamFailure('unreachable', undefined, error);
        if (timeoutMs < usualMs) throw new CallerLate();
        throw new UpstreamFailure('timeout', undefined, error);
      });
      if (answer.status >= 500) throw new UpstreamFailure('error', answer);
      return answer;
    },
    // What is under way was answered, or given up.
    close: () => pool.destroy(),
  };
}

/** The answer was not whole in time. */
class Late extends Error {}

/**
 * Reads one answer into memory. It listens to the connection itself: `Pool.request` needs a stream and an `AbortSignal` for
 * each request, which costs a good part of the gateway's CPU time.
 * @throws Late, or what the connection failed with
 */
function readAnswer(
  pool: Pool,
  { method, path, headers, body }: UpstreamRequest,
  timeoutMs: number,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    let connection: Dispatcher.DispatchController | undefined;
    let late: Late | undefined;
    const timer = setTimeout(() => {
      late = new Late();
      connection?.abort(late);
      // One that still waits for a connection is told so when it gets it.
      reject(late);
    }, timeoutMs);
    let head: Pick<UpstreamAnswer, 'status' | 'headers'> = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    pool.dispatch(
      { method: method as 'GET', path, headers, body: body ?? null },
      {
        onRequestStart: (controller) => {
          connection = controller;
          if (late) controller.abort(late);
        },
        // The last one counts: those before it are informational (1xx).
        onResponseStart: (_, status, headers) => {
          head = { status, headers };
        },
        onResponseData: (_, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => {
          clearTimeout(timer);
          resolve({ ...head, body: Buffer.concat(chunks) });
        },
        onResponseError: (_, error) => {
          clearTimeout(timer);
          reject(error);
        },
      },
    );
  });
}
