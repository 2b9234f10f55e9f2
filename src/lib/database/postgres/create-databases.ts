import { AppError } from '../../rules/errors.ts';
import { connectTo, createPool } from './postgres.ts';
import { postgresUnusable } from './problems.ts';
import { readPostgresUrl } from './url.ts';

/** SQLSTATEs for a database that is there: seen before it was made, and while another made it. */
const ALREADY_THERE = ['42P04', '23505'];
/** SQLSTATE of a user who may not make databases. */
const NOT_ALLOWED = '42501';

/**
 * Makes databases on a Postgres server; those that are there stay as they are.
 * @param url of another database on it.
 * @throws AppError `InvalidDatabaseUrl` (exit 2), `DatabaseUnreachable`, `DatabaseAccessDenied` (exit 4); `DatabaseMissing`
 * where the user may not make them
 */
export async function createDatabases(url: string, names: readonly string[]): Promise<void> {
  const address = readPostgresUrl(url);
  const pool = createPool(address, 1);
  try {
    const client = await connectTo(pool, address);
    try {
      for (const name of names) await createDatabase(client, name, address.place);
    } finally {
      client.release(true);
    }
  } catch (error) {
    throw error instanceof AppError ? error : postgresUnusable(error, address);
  } finally {
    await pool.end();
  }
}

async function createDatabase(
  client: Awaited<ReturnType<typeof connectTo>>,
  name: string,
  place: string,
): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return;
  try {
    await client.query(`create database "${name.replaceAll('"', '""')}"`);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (ALREADY_THERE.includes(code)) return;
    if (code !== NOT_ALLOWED) throw error;
    throw new AppError({
      code: 'DatabaseMissing',
      message: `The database ${name} is not on the server of ${place}, and its user may not make it.`,
      hint: `Make it as one who may: createdb ${name}`,
    });
  }
}
