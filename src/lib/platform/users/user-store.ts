import type { Database, Queryable } from '../../database/database.ts';
import { searchPatterns, searchText } from '../service/search-text.ts';
import { USER_COLUMNS, type UserRow } from './user.ts';

/** What may be different of a user. */
export type UserFields = Partial<Omit<UserRow, 'id' | 'updated_at'>>;

/** The user with this id; undefined where nothing is known of them. @param id decimal text, or a number */
export async function findUser(
  database: Queryable,
  id: number | string,
): Promise<UserRow | undefined> {
  const { rows } = await database.query<UserRow>(
    `select ${USER_COLUMNS} from users where id = $1::bigint`,
    [id],
  );
  return rows[0];
}

/**
 * Changes a user, who need not be known yet: what they say of themselves and their registration may arrive in any order.
 * @param change gets the user as they are, and gives what is to be different, which may be nothing
 */
export async function changeUser(
  database: Database,
  id: number,
  change: (user: UserRow) => UserFields,
): Promise<UserRow> {
  return database.transaction(async (tx) => {
    await tx.query('insert into users (id) values ($1) on conflict (id) do nothing', [id]);
    const { rows } = await tx.query<UserRow>(
      `select ${USER_COLUMNS} from users where id = $1::bigint for update`,
      [id],
    );
    const [before] = rows;
    if (before === undefined) throw new Error('The user is gone.');
    const fields = change(before);
    if (Object.keys(fields).length === 0) return before;
    const user = { ...before, ...fields };
    const changed = await tx.query<UserRow>(
      `update users set email = $2, name = $3, phone = $4, device_token = $5, order_channels = $6::text[],
          registered_at = $7, search_text = $8, updated_at = greatest(now()::timestamptz(3), updated_at)
        where id = $1::bigint returning ${USER_COLUMNS}`,
      [
        ...[id, user.email, user.name, user.phone, user.device_token, user.order_channels],
        ...[user.registered_at, searchText(`${user.name ?? ''}\n${user.email ?? ''}`)],
      ],
    );
    return changed.rows[0] ?? user;
  });
}

/** A registration as auth announces it. */
export interface Registration {
  readonly userId: number;
  readonly email: string;
  readonly name: string;
  readonly at: Date;
}

/** Makes the profile of somebody who registered. A second time changes nothing, and what they said meanwhile stays. */
export async function registerUser(
  database: Database,
  { userId, email, name, at }: Registration,
): Promise<void> {
  await changeUser(database, userId, (user) =>
    user.email === null ? { email, name: user.name ?? name, registered_at: at } : {},
  );
}

/** Which users are asked for. */
export interface UserQuery {
  /** Words that name or address have, all of them, without regard to case. */
  readonly q?: string | undefined;
  /** From 1. */
  readonly limit: number;
  /** Only users with a higher id: where the page before ended. */
  readonly after?: number | undefined;
}

/** A page of those who have registered and match, by their ids. @returns one more than `limit` where there is a next page */
export async function findUsers(
  database: Database,
  { q = '', limit, after = 0 }: UserQuery,
): Promise<UserRow[]> {
  const { rows } = await database.query<UserRow>(
    `select ${USER_COLUMNS} from users
      where id > $1::bigint and email is not null and search_text like all ($2::text[]) order by id limit $3`,
    [after, searchPatterns(q), limit + 1],
  );
  return rows;
}
