import { createHash } from 'node:crypto';
import type { Database } from '../../../database/database.ts';

/** Seconds that somebody has to log in at the provider. */
export const LOGIN_LIFETIME_S = 10 * 60;

/** A login at a provider that has begun. */
export interface BegunLogin {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Remembers a login until it comes back, and forgets those that never did. @param now milliseconds since 1970 */
export async function rememberLogin(db: Database, login: BegunLogin, now: number): Promise<void> {
  await db.query('delete from oauth_logins where expires_at < $1', [new Date(now)]);
  await db.query('insert into oauth_logins values ($1, $2, $3, $4, $5)', [
    hashOf(login.state),
    login.provider,
    login.nonce,
    login.verifier,
    new Date(now + LOGIN_LIFETIME_S * 1000),
  ]);
}

/** The login that a state stands for, once. @returns undefined where there is none, or not any more */
export async function takeLogin(
  db: Database,
  { provider, state }: Pick<BegunLogin, 'provider' | 'state'>,
  now: number,
): Promise<BegunLogin | undefined> {
  const { rows } = await db.query<{ nonce: string; verifier: string }>(
    `delete from oauth_logins where state_hash = $1 and provider = $2 and expires_at > $3
      returning nonce, verifier`,
    [hashOf(state), provider, new Date(now)],
  );
  return rows[0] && { provider, state, ...rows[0] };
}

function hashOf(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}
