import { setTimeout as sleep } from 'node:timers/promises';
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { DEADLINE_HEADER, remainingMs } from '../service/request-context.ts';
import {
  CallerLate,
  type Upstream,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
} from './upstream.ts';

/** Milliseconds that one attempt to read may take, and that everything may together. */
export const ATTEMPT_TIMEOUT_MS = 2_000;
export const TOTAL_TIMEOUT_MS = 5_000;
/** Attempts of a safe request at the most. */
const ATTEMPTS = 3;
/** Milliseconds before the second attempt, doubled before the third; up to half of it is left to chance. */
const PAUSE_MS = 50;
/** Milliseconds that another attempt needs at the least. */
const LEAST_MS = 100;
/** Statuses that may be another in a moment. */
const PASSING: ReadonlySet<number> = new Set([502, 503, 504]);

/** Of the last `size` calls more than half failed, and there were at least `least`: the breaker opens. */
const BREAKER = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 };
/** Milliseconds for which nothing is asked of a service; then one request tries. */
export const OPEN_MS = 5_000;

/** Milliseconds that the request which tries an open breaker must have. */
const LEAST_TRIAL_MS = 1_000;
/** Codes of problems that say nothing of the service that answers them. */
const NOT_ITS_FAULT: readonly unknown[] = ['provider_unreachable', 'deadline_exceeded'];

const HALF_OPEN = CircuitState.HalfOpen;

/** The breaker of a service is open: it isn't asked. */
export class CircuitOpen extends Error {
  constructor() {
    super('upstream: the circuit is open');
    this.name = 'CircuitOpen';
  }
}

export interface ResilientService {
  /**
   * Asks a service within the deadline of the current request, again where that is safe.
   * @param safe whether a second one changes nothing that the first didn't
   * @throws UpstreamFailure, CallerLate or CircuitOpen
   */
  ask(request: UpstreamRequest, safe: boolean): Promise<UpstreamAnswer>;
  readonly state: CircuitState;
}

export interface ResilienceOptions {
  /** `OPEN_MS` unless given. */
  readonly openMs?: number | undefined;
  /** Told of each further attempt. */
  readonly onRetry?: () => void;
}

/** Puts retries around a breaker around a service: every attempt is counted, and none is made while it is open. */
export function createResilientService(
  upstream: Upstream,
  { openMs = OPEN_MS, onRetry }: ResilienceOptions = {},
): ResilientService {
  const breaker: CircuitBreakerPolicy = circuitBreaker(
    // A trial that its caller didn't wait for has shown nothing.
    handleWhen((error) => {
      return isItsFault(error) || (error instanceof CallerLate && breaker.state === HALF_OPEN);
    }),
    { halfOpenAfter: openMs, breaker: new CountBreaker(BREAKER) },
  );
  const attempt = (request: UpstreamRequest, usualMs: number): Promise<UpstreamAnswer> => {
    const timeoutMs = remainingMs(usualMs);
    if (timeoutMs <= 0) throw new CallerLate();
    const isShort = timeoutMs < Math.min(usualMs, LEAST_TRIAL_MS);
    if (breaker.state === HALF_OPEN || (breaker.state === CircuitState.Open && isShort)) {
      throw new CircuitOpen();
    }
    const asked = { ...request, headers: { ...request.headers, ...deadlineHeader(timeoutMs) } };
    return throughBreaker(breaker, () => upstream.ask(asked, timeoutMs, usualMs));
  };
  return {
    get state() {
      return breaker.state;
    },
    ask: async (request, safe) => {
      const end = Date.now() + TOTAL_TIMEOUT_MS;
      const most = request.method === 'GET' && safe ? ATTEMPT_TIMEOUT_MS : TOTAL_TIMEOUT_MS;
      for (let made = 1; ; made++) {
        try {
          return await attempt(request, Math.min(most, end - Date.now()));
        } catch (error) {
          const pause = safe ? pauseAfter(error, made) : undefined;
          const left = remainingMs(end - Date.now());
          if (pause === undefined || pause + LEAST_MS > left) throw error;
          await sleep(pause);
          onRetry?.();
        }
      }
    },
  };
}

/** Whether a failure is the service's own, and not of what stands behind it, or of who asked too late. */
function isItsFault(error: Error): boolean {
  if (!(error instanceof UpstreamFailure)) return false;
  const { answer } = error;
  if (answer === undefined || ![502, 504].includes(answer.status)) return true;
  try {
    const { code } = JSON.parse(answer.body.toString()) as { code?: unknown };
    return !NOT_ITS_FAULT.includes(code);
  } catch {
    return true;
  }
}

/** Asks for an answer a little earlier than it is given up, so that one that is just in time arrives. */
function deadlineHeader(timeoutMs: number): Record<string, string> {
  return { [DEADLINE_HEADER]: new Date(Date.now() + timeoutMs * 0.95).toISOString() };
}

async function throughBreaker<T>(
  breaker: CircuitBreakerPolicy,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await breaker.execute(work);
  } catch (error) {
    throw error instanceof BrokenCircuitError ? new CircuitOpen() : error;
  }
}

/** Milliseconds until another attempt; undefined where none is to be made. */
function pauseAfter(error: unknown, made: number): number | undefined {
  if (!(error instanceof UpstreamFailure) || made >= ATTEMPTS) return undefined;
  const { answer } = error;
  if (answer !== undefined && !PASSING.has(answer.status)) return undefined;
  const wanted = Number(answer?.headers['retry-after'] ?? 0) * 1000;
  const pause = PAUSE_MS * 2 ** (made - 1) * (0.75 + Math.random() / 2);
  return wanted > pause ? wanted : pause;
}

/** The state as a number, for Prometheus: 0 closed, 1 half open, 2 open. */
export function stateNumber(state: CircuitState): number {
  if (state === CircuitState.Closed) return 0;
  return state === CircuitState.HalfOpen ? 1 : 2;
}
