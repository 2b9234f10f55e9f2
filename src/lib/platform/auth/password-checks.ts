import { Problem } from '../../http/problem.ts';
import { createTurns } from '../../http/turns.ts';
import {
  hashPassword,
  isOutdated,
  isPasswordOf,
  PASSWORD_COST,
  type ScryptCost,
} from './password.ts';

/** Hashes at once: each takes a thread of Node's four and 32 MiB for a third of a second. */
const AT_ONCE = 2;
/** Hashes that wait for their turn at the most. */
const WAITING = 16;
/**
 * Milliseconds within which a hash is to be made, whatever processor there is: the gateway waits for five seconds, and takes
 * the service for broken after that.
 */
const PATIENCE_MS = 4_000;

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

/**
 * @param cost of new hashes; what OWASP recommends unless given
 * @param patienceMs milliseconds within which a hash is to be made
 */
export function createPasswordChecks(
  cost: ScryptCost = PASSWORD_COST,
  patienceMs = PATIENCE_MS,
): PasswordChecks {
  /** Milliseconds that the last hash took, once it had its turn. */
  let tookMs = 0;
  const turns = createTurns({
    most: AT_ONCE,
    mostWaiting: WAITING,
    patienceMs: () => Math.max(1, patienceMs - tookMs),
    busy,
  });
  // Of a password that nobody knows: it costs as much as that of an account.
  const nobody = hashPassword(crypto.randomUUID(), cost);

  const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
    turns.take(Symbol('a hash of its own'), async () => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        tookMs = performance.now() - began;
      }
    });

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
