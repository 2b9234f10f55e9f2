import { Pool } from 'undici';

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
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), timeoutMs);
      let answer: UpstreamAnswer;
      try {
        const { method, path, headers, body = null } = request;
        const got = await pool.request({
          ...{ method: method as 'GET', path, headers, body },
          signal: stop.signal,
        });
        const bytes = Buffer.from(await got.body.arrayBuffer());
        answer = { status: got.statusCode, headers: got.headers, body: bytes };
      } catch (error) {
        if (!stop.signal.aborted) throw new UpstreamFailure('unreachable', undefined, error);
        if (timeoutMs < usualMs) throw new CallerLate();
        throw new UpstreamFailure('timeout', undefined, error);
      } finally {
        clearTimeout(timer);
      }
      if (answer.status >= 500) throw new UpstreamFailure('error', answer);
      return answer;
    },
    // What is under way was answered, or given up.
    close: () => pool.destroy(),
  };
}
