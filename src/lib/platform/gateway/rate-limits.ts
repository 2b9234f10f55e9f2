import { Problem } from '../../http/problem.ts';
import type { Counters } from '../service/limits/counters.ts';

/** Bounds of what one person or service may ask, and one address without a good token. 0 for no bound. */
export interface RateLimitOptions {
  /** Requests within a minute. */
  readonly perCaller: number;
  readonly perAddress: number;
  /** Requests that services answer at the same moment. */
  readonly atOnce: number;
}

export const RATE_LIMITS: RateLimitOptions = { perCaller: 1_200, perAddress: 600, atOnce: 16 };

const WINDOW_MS = 60_000;

/** What a client is told of its limit (draft-ietf-httpapi-ratelimit-headers). */
export type LimitHeaders = Readonly<Record<string, string>>;

/** Bounds how often somebody asks. */
export interface RateLimits {
  /** Counts a request of somebody whose token is good. @param caller such as `user:7`. @throws Problem 429 */
  ofCaller(caller: string): Promise<LimitHeaders>;
  /** Counts a request of nobody known. @throws Problem 429 */
  ofAddress(address: string): Promise<LimitHeaders>;
}

export function createRateLimits(
  counters: Counters,
  { perCaller, perAddress }: Omit<RateLimitOptions, 'atOnce'> = RATE_LIMITS,
): RateLimits {
  const count = async (key: string, most: number): Promise<LimitHeaders> => {
    if (most === 0) return {};
    const { count, resetMs } = await counters.add(key, WINDOW_MS);
    const seconds = String(Math.max(1, Math.ceil(resetMs / 1000)));
    const headers = {
      'ratelimit-limit': String(most),
      'ratelimit-remaining': String(Math.max(0, most - count)),
      'ratelimit-reset': seconds,
    };
    if (count <= most) return headers;
    throw new Problem(429, 'too_many_requests', `No more than ${most} requests a minute.`, {
      headers: { ...headers, 'retry-after': seconds },
    });
  };
  return {
    ofCaller: (caller) => count(`gateway:${caller}`, perCaller),
    ofAddress: (address) => count(`gateway:address:${address}`, perAddress),
  };
}
