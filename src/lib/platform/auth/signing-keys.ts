import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { Database, Queryable } from '../../database/database.ts';
import { TOKEN_ALGORITHM } from '../service/tokens.ts';

/** Seconds that a key signs. */
export const KEY_LIFETIME_S = 30 * 24 * 3600;
/** Seconds that a key is published before it signs: whoever checks tokens has it by then. */
export const KEY_LEAD_S = 15 * 60;
/** Seconds that a key is published after it signed for the last time: longer than any token lives. */
export const KEY_TAIL_S = 15 * 60;
/** Milliseconds that a look for newer keys is waited for. */
const KNOWN_WAIT_MS = 500;
/** Milliseconds for which the keys are kept in memory: several processes share the table. */
const KEPT_MS = 30_000;
/** Milliseconds from a rotation until the new key signs: every process publishes it by then. */
export const ROTATION_LEAD_MS = 2 * KEPT_MS;

/** Which of the server's advisory locks keys are made under; any number that nobody else uses. */
const LOCK = 7_287_413_002;

/** A key that tokens are signed with. */
export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** The keys of the tokens: one signs, and those before and after it are published. */
export interface SigningKeys {
  /** The key that signs now. @throws what the database throws */
  current(): Promise<SigningKey>;
  /** All public keys that tokens may bear, as a JWKS. @throws what the database throws */
  published(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Lets a new key sign a minute from now; tokens of the one before stay good until their end. @returns its `kid` */
  rotate(): Promise<string>;
}

interface KeyRow {
  readonly kid: string;
  readonly private_jwk: JWK;
  readonly signs_from: Date;
  readonly signs_until: Date;
}

/** The keys of a database, made and dropped as time goes by. @param now milliseconds since 1970 */
export function createSigningKeys(database: Database, now: () => number = Date.now): SigningKeys {
  let rows: readonly KeyRow[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const keys = new Map<string, CryptoKey>();

  const read = async (work: (tx: Queryable) => Promise<unknown>): Promise<void> => {
    rows = await database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
      await tidy(tx, now());
      await work(tx);
      const { rows } = await tx.query<KeyRow>('select * from signing_keys order by signs_from');
      return rows;
    });
    readAt = now();
  };
  const refresh = async (): Promise<void> => {
    if (now() - readAt < KEPT_MS && signing(rows, now()) !== undefined) return;
    reading ??= read(async () => {}).finally(() => {
      reading = undefined;
    });
    const known = signing(rows, now()) !== undefined;
    try {
      // Who asks can't wait for a database that hangs, and a known key is good enough.
      await (known
        ? Promise.race([reading, sleep(KNOWN_WAIT_MS, undefined, { ref: false })])
        : reading);
    } catch (error) {
      // While the database is away, services still get tokens with the keys that are known.
      if (signing(rows, now()) === undefined) throw error;
    }
  };

  return {
    current: async () => {
      await refresh();
      const row = signing(rows, now());
      if (row === undefined) throw new Error('There is no key to sign with.');
      const key =
        keys.get(row.kid) ?? ((await importJWK(row.private_jwk, TOKEN_ALGORITHM)) as CryptoKey);
      keys.set(row.kid, key);
      return { kid: row.kid, key };
    },
    published: async () => {
      await refresh();
      return { keys: rows.map(publicKey) };
    },
    rotate: async () => {
      let kid = '';
      await read(async (tx) => {
        const at = new Date(now() + ROTATION_LEAD_MS);
        // One that was to follow would never sign.
        await tx.query('delete from signing_keys where signs_from >= $1', [at]);
        await tx.query('update signing_keys set signs_until = $1 where signs_until > $1', [at]);
        kid = await addKey(tx, at.getTime());
      });
      return kid;
    },
  };
}

/** Drops keys whose tokens have ended, and makes the key that is to sign next in good time. */
async function tidy(tx: Queryable, now: number): Promise<void> {
  await tx.query('delete from signing_keys where signs_until < $1', [
    new Date(now - KEY_TAIL_S * 1000),
  ]);
  const { rows } = await tx.query<{ until: Date | null }>(
    'select max(signs_until) as until from signing_keys',
  );
  const until = rows[0]?.until?.getTime() ?? now;
  if (until <= now + KEY_LEAD_S * 1000) await addKey(tx, Math.max(until, now));
}

async function addKey(tx: Queryable, from: number): Promise<string> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  await tx.query('insert into signing_keys values ($1, $2, $3, $4)', [
    kid,
    JSON.stringify(jwk),
    new Date(from),
    new Date(from + KEY_LIFETIME_S * 1000),
  ]);
  return kid;
}

/** The newest key that may sign. */
function signing(rows: readonly KeyRow[], now: number): KeyRow | undefined {
  return rows.findLast(
    ({ signs_from, signs_until }) => signs_from.getTime() <= now && now < signs_until.getTime(),
  );
}

function publicKey({ kid, private_jwk: { kty, crv, x, y } }: KeyRow): JWK {
  return { kty, crv, x, y, kid, use: 'sig', alg: TOKEN_ALGORITHM } as JWK;
}
