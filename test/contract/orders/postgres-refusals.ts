import { inspect } from 'node:util';
import { expect } from 'vitest';
import { openPostgres } from '../../../src/lib/database/postgres/postgres.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

/** The password of every user that has one. */
export const SECRET = 's3cr3t';

/** The error that an address ends in. It MUST NOT hold the password, not even in its cause. */
export async function refusalOf(url: string): Promise<AppError> {
  try {
    await (await openOrderDatabase({ url, folder: '/nowhere' })).close();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
    return error;
  }
  throw new Error('It was let in.');
}

/** What a server that `startPostgres` made with `tls` shows who it is with. @param url of a superuser */
export async function certificateOf(
  url: string,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const database = openPostgres(url, 1);
  const { rows } = await database.query<{ certificate: string; key: string }>(
    `select pg_read_file('server.crt') as certificate, pg_read_file('server.key') as key`,
  );
  await database.close();
  return rows[0] ?? { certificate: '', key: '' };
}
