import { createHash } from 'node:crypto';
import { Problem } from '../../http/problem.ts';
import type { Counted, Counters } from '../service/limits/counters.ts';

/** How many logins may fail within `windowMs`, and how many accounts may be made from one address. */
export interface LoginLimitOptions {
  readonly windowMs: number;
  readonly perAccount: number;
  readonly perAddress: number;
  readonly registrations: number;
}

export const LOGIN_LIMITS: LoginLimitOptions = {
  windowMs: 15 * 60_000,
  perAccount: 10,
  perAddress: 100,
  registrations: 200,
};

/** A login that is about to be tried. */
export interface LoginAttempt {
  /** In its normal form, whether or not it has an account. */
  readonly email: string;
  /** The network address that it comes from. */
  readonly address: string;
}

/** Bounds the guessing of passwords. */
export interface LoginLimits {
  /** Counts an attempt before its password is looked at, so that many at once count too. @throws Problem 429 */
  begin(attempt: LoginAttempt): Promise<void>;
  /** Says that its password was not looked at after all. */
  untried(attempt: LoginAttempt): Promise<void>;
  /** Says that it was right after all. */
  succeeded(attempt: LoginAttempt): Promise<void>;
  /** Counts a new account. @throws Problem 429 */
  register(address: string): Promise<void>;
}

export function createLoginLimits(
  counters: Counters,
  { windowMs, perAccount, perAddress, registrations }: LoginLimitOptions = LOGIN_LIMITS,
): LoginLimits {
  return {
    begin: async ({ email, address }) => {
      const byAddress = await counters.add(addressKey(address), windowMs);
      // An address that is refused doesn't keep others from the account.
      if (byAddress.count > perAddress) throw tooMany(byAddress);
      const byAccount = await counters.add(accountKey(email), windowMs);
      if (byAccount.count > perAccount) throw tooMany(byAccount);
    },
    untried: async ({ email, address }) => {
      await Promise.all([
        counters.takeBack(accountKey(email)),
        counters.takeBack(addressKey(address)),
      ]);
    },
    succeeded: async ({ email, address }) => {
      await Promise.all([
        counters.reset(accountKey(email)),
        counters.takeBack(addressKey(address)),
      ]);
    },
    register: async (address) => {
      const counted = await counters.add(`register:${short(address)}`, windowMs);
      if (counted.count > registrations) throw tooMany(counted);
    },
  };
}

function accountKey(email: string): string {
  return `login:account:${short(email)}`;
}

function addressKey(address: string): string {
  return `login:address:${short(address)}`;
}

/** What clients chose can be long, and nobody needs to read it in a cache. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function tooMany({ resetMs }: Counted): Problem {
  return new Problem(429, 'too_many_attempts', 'Too many attempts: try again later.', {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(resetMs / 1000))) },
  });
}
