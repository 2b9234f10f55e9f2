import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../database/database.ts';
import type { Account } from './account-store.ts';

/** Days that a session lasts, however often it is refreshed, and that a refresh token can wait to be used. */
export const SESSION_DAYS = 30;
export const REFRESH_TOKEN_DAYS = 7;

const DAY_MS = 24 * 3600 * 1000;
/** Sessions that are forgotten in one statement. */
const STEP = 1_000;
/** Refresh tokens that are forgotten in one step at the most. */
const TOKEN_STEP = 10 * STEP;

/** Somebody who is logged in. */
export interface Session {
  readonly id: string;
  readonly account: Account;
  /** For the next refresh, and for no other. */
  readonly refreshToken: string;
}

/** What came of a refresh. `reused`: the token had been used before, and its session is ended. */
export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly session: Session }
  | { readonly kind: 'reused' | 'refused' };

/** The sessions of a database. Refresh tokens are used once. */
export interface SessionStore {
  begin(account: Account): Promise<Session>;
  /**
   * Takes a refresh token for a new one. A token that comes a second time was stolen, by whoever used it first or by
   * whoever does now: the session ends, with every token of it (RFC 9700, 4.14.2).
   */
  refresh(token: string): Promise<RefreshOutcome>;
  /** Ends the session of a refresh token, also of one that was used; does nothing where there is none. */
  end(token: string): Promise<void>;
  /** Forgets sessions that are over. @returns how many */
  forget(): Promise<number>;
}

interface UsedRow {
  readonly session_id: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: string[];
}

/** Marks the token as used where it may be; two at the same moment wait for each other's row. */
const USE = `update refresh_tokens t set used_at = $2
  from sessions s join accounts a on a.id = s.account_id
  where t.hash = $1 and t.used_at is null and t.expires_at > $2 and s.id = t.session_id
    and s.ended_at is null and s.expires_at > $2
  returning t.session_id, a.id, a.email, a.name, a.roles`;

const END = `update sessions set ended_at = $2
  where ended_at is null and id = (select session_id from refresh_tokens where hash = $1)`;

/** @param now milliseconds since 1970 */
export function createSessionStore(database: Database, now: () => number = Date.now): SessionStore {
  const addToken = async (tx: Queryable, session: string): Promise<string> => {
    const token = randomBytes(32).toString('base64url');
    await tx.query(
      'insert into refresh_tokens (hash, session_id, expires_at) values ($1, $2, $3)',
      [hashOf(token), session, new Date(now() + REFRESH_TOKEN_DAYS * DAY_MS)],
    );
    return token;
  };

  return {
    begin: (account) =>
      database.transaction(async (tx) => {
        const id = randomUUID();
        await tx.query('insert into sessions (id, account_id, expires_at) values ($1, $2, $3)', [
          id,
          account.id,
          new Date(now() + SESSION_DAYS * DAY_MS),
        ]);
        return { id, account, refreshToken: await addToken(tx, id) };
      }),
    refresh: (token) =>
      database.transaction(async (tx): Promise<RefreshOutcome> => {
        const at = new Date(now());
        const { rows } = await tx.query<UsedRow>(USE, [hashOf(token), at]);
        const [row] = rows;
        if (row === undefined)
          return { kind: (await endIfUsed(tx, token, at)) ? 'reused' : 'refused' };
        const { session_id: id, email, name, roles } = row;
        const account = { id: Number(row.id), email, name, roles };
        return {
          kind: 'refreshed',
          session: { id, account, refreshToken: await addToken(tx, id) },
        };
      }),
    end: async (token) => {
      await database.query(END, [hashOf(token), new Date(now())]);
    },
    forget: async () => {
      const { rowCount } = await database.query(
        'delete from sessions where id in (select id from sessions where expires_at < $1 limit $2)',
        [new Date(now()), STEP],
      );
      // Tokens that were used go before their session does: one that is over is refused anyway.
      const tokens = await database.query(
        `delete from refresh_tokens where hash in (
          select hash from refresh_tokens where expires_at < $1 limit $2)`,
        [new Date(now()), TOKEN_STEP],
      );
      return rowCount + tokens.rowCount;
    },
  };
}

/** Ends the session of a token that was used before. @returns whether it was */
async function endIfUsed(tx: Queryable, token: string, at: Date): Promise<boolean> {
  const { rows } = await tx.query(
    'select 1 as used from refresh_tokens where hash = $1 and used_at is not null',
    [hashOf(token)],
  );
  if (rows.length === 0) return false;
  await tx.query(END, [hashOf(token), at]);
  return true;
}

/** Tokens are long and random: a fast hash is as good as a slow one. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
