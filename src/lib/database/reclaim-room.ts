import type { Database } from './database.ts';

/** Rows of a table, and their share of it, from which it is worth tidying; a server's own are alike. */
const WORTH = { rows: 1_000, share: 0.2 };
/** Bytes of a table that is tidied once after each opening: the counts are lost when a database is closed. */
const UNKNOWN_BYTES = 1_048_576;

/**
 * Makes the room usable again that changed and removed rows of an embedded database leave behind, and gathers statistics
 * for its planner, in tables where much has changed. A server does so by itself, and is left alone.
 * @returns the tables that it tidied
 * @see https://www.postgresql.org/docs/current/routine-vacuuming.html
 */
export async function reclaimRoom(database: Database): Promise<readonly string[]> {
  if (database.kind !== 'pglite') return [];
  const { rows } = await database.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_stat_user_tables
      where greatest(n_dead_tup, n_mod_since_analyze) > $1::int + $2::float8 * n_live_tup
        or (vacuum_count = 0 and pg_relation_size(relid) > $3::int)
      order by 1`,
    [WORTH.rows, WORTH.share, UNKNOWN_BYTES],
  );
  for (const { name } of rows) await database.query(`vacuum (analyze) ${name}`);
  return rows.map(({ name }) => name);
}
