import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../database/database.ts';
import { appendEvent } from '../../outbox/append-event.ts';

/** Somebody who can log in. */
export interface Account {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** With what a login is checked against. */
export interface StoredAccount extends Account {
  /** Undefined where the account logs in at an identity provider only. */
  readonly passwordHash: string | undefined;
}

export interface NewAccount {
  /** As `normalEmail` writes it. */
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | undefined;
  readonly roles?: readonly string[];
}

/** Who an identity provider says that somebody is. */
export interface Identity {
  readonly provider: string;
  readonly subject: string;
}

interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: string[];
  readonly password_hash: string | null;
}

type PublicRow = Omit<AccountRow, 'password_hash'>;

const COLUMNS = 'a.id, a.email, a.name, a.roles';

function accountOf({ id, email, name, roles }: PublicRow): Account {
  return { id: Number(id), email, name, roles };
}

/**
 * Adds an account, and its event to the outbox.
 * @param tx MUST be a transaction
 * @param traceparent of the request
 * @returns undefined where the address has an account already
 */
export async function addAccount(
  tx: Queryable,
  { email, name, passwordHash, roles = ['user'] }: NewAccount,
  traceparent: string | undefined,
): Promise<Account | undefined> {
  const { rows } = await tx.query<{ id: string; created_at: Date }>(
    `insert into accounts (email, name, password_hash, roles) values ($1, $2, $3, $4)
      on conflict (email) do nothing returning id, created_at`,
    [email, name, passwordHash ?? null, roles],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const event = {
    event_id: randomUUID(),
    event_type: 'user.registered',
    user_id: Number(row.id),
    email,
    name,
    timestamp: row.created_at.toISOString(),
  };
  const { user_id: key, event_id, event_type } = event;
  await appendEvent(tx, { key, event_id, event_type, payload: JSON.stringify(event), traceparent });
  return { id: event.user_id, email, name, roles };
}

/** The account of an address in its normal form. */
export async function findByEmail(
  db: Queryable,
  email: string,
): Promise<StoredAccount | undefined> {
  const { rows } = await db.query<AccountRow>(
    `select ${COLUMNS}, a.password_hash from accounts a where a.email = $1`,
    [email],
  );
  const [row] = rows;
  return row && { ...accountOf(row), passwordHash: row.password_hash ?? undefined };
}

/** The account of somebody who logged in at an identity provider before. */
export async function findByIdentity(
  db: Queryable,
  { provider, subject }: Identity,
): Promise<Account | undefined> {
  const { rows } = await db.query<PublicRow>(
    `select ${COLUMNS} from identities i join accounts a on a.id = i.account_id
      where i.provider = $1 and i.subject = $2`,
    [provider, subject],
  );
  return rows[0] && accountOf(rows[0]);
}

/** Lets somebody log in at an identity provider from now on. */
export async function addIdentity(
  db: Queryable,
  identity: Identity,
  account: number,
): Promise<void> {
  await db.query('insert into identities (provider, subject, account_id) values ($1, $2, $3)', [
    identity.provider,
    identity.subject,
    account,
  ]);
}

/** Puts another hash of the same password in place, unless the password was changed meanwhile. */
export async function replaceHash(
  db: Database,
  { id, passwordHash }: StoredAccount,
  hash: string,
): Promise<void> {
  await db.query('update accounts set password_hash = $3 where id = $1 and password_hash = $2', [
    id,
    passwordHash,
    hash,
  ]);
}

/** Gives an account other roles; its tokens have them from the next one on. @returns undefined without such an account */
export async function setRoles(
  db: Queryable,
  id: number,
  roles: readonly string[],
): Promise<Account | undefined> {
  const { rows } = await db.query<PublicRow>(
    `update accounts a set roles = $2 where a.id = $1 returning ${COLUMNS}`,
    [id, roles],
  );
  return rows[0] && accountOf(rows[0]);
}
