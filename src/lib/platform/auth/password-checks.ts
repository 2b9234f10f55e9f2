import { Problem } from '../../http/problem.ts';
import {
  hashPassword,
  isOutdated,
  isPasswordOf,
  PASSWORD_COST,
  type ScryptCost,
} from './password.ts';

/** Hashes at once: each takes a thread of Node's four and 32 MiB for a third of a second. */
const AT_ONCE = 2;
/** Hashes that wait for their turn at the most: some three seconds of work, and the gateway waits for five. */
const WAITING = 16;

/** Makes and checks password hashes, so many at once and no more. */
export interface PasswordChecks {
  /** @throws Problem 429 where too many wait already */
  hash(password: string): Promise<string>;
  /**
   * Whether a password is right. Takes as long where there is no account, which has no hash.
   * @throws Problem 429 where too many wait already
   */
  isRight(password: string, stored: string | undefined): Promise<boolean>;
  /** Whether a hash is to be made anew at the next login. */
  isOutdated(stored: string): boolean;
}

/** @param cost of new hashes; what OWASP recommends unless given */
export function createPasswordChecks(cost: ScryptCost = PASSWORD_COST): PasswordChecks {
  const line: (() => void)[] = [];
  let running = 0;
  // Of a password that nobody knows: it costs as much as that of an account.
  const nobody = hashPassword(crypto.randomUUID(), cost);

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (line.length >= WAITING) throw busy();
      await new Promise<void>((resolve) => line.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running--;
    }
  };

  return {
    hash: (password) => inTurn(() => hashPassword(password, cost)),
    isRight: (password, stored) =>
      inTurn(async () => isPasswordOf(password, stored ?? (await nobody))),
    isOutdated: (stored) => isOutdated(stored, cost),
  };
}

/** It isn't the service that fails: breakers leave it alone. */
function busy(): Problem {
  return new Problem(429, 'busy', 'Too many log in just now: try again.', {
    headers: { 'retry-after': '1' },
  });
}
