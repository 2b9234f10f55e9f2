import type { Database } from './database.ts';

/**
 * Frees the rows of a table that a process had claimed in an embedded database, when it is opened: it has one process
 * at a time, so that none of those lives. Does nothing to a server's.
 * @param table with a column `lease_until`. @param among a condition that only unfinished rows meet, as an index has it.
 */
export async function freeLeases(database: Database, table: string, among: string): Promise<void> {
  if (database.kind !== 'pglite') return;
  await database.query(
    `update ${table} set lease_until = null where ${among} and lease_until is not null`,
  );
}
