import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffDelay } from '../../aws/backoff.ts';
import type { Env } from '../../config/folders.ts';
import { diskProblem } from '../../rules/text/disk-problem.ts';
import { type ExchangeAnswer, type ExchangeRequest, exchange, readBody } from './http-exchange.ts';
import { type ImageReference, registryUrl } from './reference.ts';
import { createAuth, denied, type RegistryAuth, type RegistryLogin } from './registry-auth.ts';
import { refused, unreachable } from './registry-errors.ts';

/** What `openRegistry` needs. */
export interface RegistryOptions {
  readonly reference: ImageReference;
  readonly actions: 'pull' | 'pull,push';
  readonly login: () => Promise<RegistryLogin | undefined>;
  readonly env: Env;
  readonly signal: AbortSignal;
}

const MAX_TRIES = 4;
/** Milliseconds between tries. */
const BACKOFF: Backoff = { first: 300, most: 5_000 };
/** Seconds that a registry may ask to wait for. */
const MAX_RETRY_AFTER_SECONDS = 30;
const RETRIED: readonly number[] = [408, 429, 500, 502, 503, 504];
/** Answers to one request's refusals: a token may have run out, and the next one is asked for anew. */
const MAX_REFUSALS = 2;

/** What may go better the next time. */
export class Passing extends Error {
  /** Milliseconds to wait; as the backoff says unless given. */
  readonly delayMs: number | undefined;

  constructor(message: string, delayMs?: number, cause?: unknown) {
    super(message, { cause });
    this.delayMs = delayMs;
  }
}

/** A request without what lets in. */
export type OpenRequest = Omit<ExchangeRequest, 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** The requests to one repository: let in, tried again, refused in words. */
export class RegistryRequests {
  /** Where everything of the repository is. */
  readonly path: string;
  readonly #options: RegistryOptions;
  readonly #origin: string;
  readonly #auth: RegistryAuth;

  constructor(options: RegistryOptions) {
    const { reference, actions, login } = options;
    const { registry, repository } = reference;
    const root = registryUrl(registry);
    this.path = `${root}/v2/${repository}`;
    this.#options = options;
    this.#origin = new URL(root).origin;
    const scope = `repository:${repository}:${actions}`;
    const send = (request: ExchangeRequest) => this.#send(request);
    this.#auth = createAuth({ registry, scope, login, send });
  }

  get registry(): string {
    return this.#options.reference.registry;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Tries an attempt again as long as it fails with `Passing`. @throws AppError `RegistryUnreachable` */
  async tried<T>(attempt: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        if (failures === MAX_TRIES) throw unreachable(this.registry, error, MAX_TRIES);
        const delayMs = error.delayMs ?? backoffDelay(BACKOFF, failures);
        await sleep(delayMs, undefined, { signal: this.signal });
      }
    }
  }

  /**
   * Sends once, and again with what the registry asks for; that goes to its own origin only.
   * @throws Passing; AppError `RegistryDenied`
   */
  async ask(request: OpenRequest): Promise<ExchangeAnswer> {
    const isOwn = new URL(request.url).origin === this.#origin;
    for (let refusals = 0; ; refusals++) {
      const header = isOwn ? this.#auth.header() : undefined;
      const headers = { ...request.headers, ...(header && { authorization: header }) };
      const answer = await this.#send({ ...request, headers });
      if (RETRIED.includes(answer.status)) {
        answer.body.resume();
        throw new Passing(`it answers ${answer.status}`, retryAfterMs(answer));
      }
      if (answer.status !== 401) return answer;
      const canTry = refusals < MAX_REFUSALS && (await this.#auth.answer(answer));
      answer.body.resume();
      if (canTry) continue;
      throw denied(this.registry, header ? 'the login is not right' : 'there is no login');
    }
  }

  /**
   * Asks for an answer of one of these statuses.
   * @param what it is asked to do, as a clause. @throws as `ask`; AppError `RegistryRefused`, `ImageNotFound`
   */
  async expect(
    request: OpenRequest,
    statuses: readonly number[],
    what: string,
  ): Promise<ExchangeAnswer> {
    const answer = await this.ask(request);
    if (statuses.includes(answer.status)) return answer;
    throw await refused(this.#options.reference, answer, what);
  }

  /** The whole body. @param most bytes. @throws Passing where it breaks off, or is longer */
  async read(answer: ExchangeAnswer, most: number): Promise<Buffer> {
    return readBody(answer, most).catch((error: Error) => this.passing(error));
  }

  /** @throws what a broken connection is: worth another try, unless the whole was ended, or it is the disk's. */
  passing(error: Error): never {
    const isFinal = this.signal.aborted || diskProblem(error) !== undefined;
    throw isFinal ? error : new Passing(error.message, undefined, error);
  }

  #send(request: ExchangeRequest): Promise<ExchangeAnswer> {
    const { env, signal } = this.#options;
    return exchange(request, env, signal).catch((error: Error) => this.passing(error));
  }
}

function retryAfterMs({ headers }: ExchangeAnswer): number | undefined {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000 : undefined;
}
