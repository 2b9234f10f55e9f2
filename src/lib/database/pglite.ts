import { accessSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type Transaction, types } from '@electric-sql/pglite';
import { claim } from '../process/lock.ts';
import { makeFolder } from '../process/make-folder.ts';
import { AppError } from '../rules/errors.ts';
import type { Database, OpenDatabaseOptions, QueryResult } from './database.ts';
import { databaseProblem } from './database-problem.ts';
import { putDraft } from './empty-databases.ts';
import { makeDatabase } from './make-database.ts';
import { DATA, DRAFT } from './pglite-folder.ts';

/**
 * The embedded Postgres, in a folder of its own. What was committed survives `kill -9`: it was handed to the operating
 * system before the commit was answered. It isn't forced to the disk, so a power failure may lose the last moments.
 *
 * @throws AppError `DatabaseInUse` or `DatabaseDamaged`; the signal's reason where it was aborted
 */
export async function openPglite(options: OpenDatabaseOptions): Promise<Database> {
  const { folder } = options;
  makeDataFolder(folder);
  const claimed = await claim(folder, 'database');
  if (!claimed.held) throw inUse(folder, claimed.pid);
  try {
    await createData(options);
    return databaseOf(await openData(folder), folder, claimed.release);
  } catch (error) {
    claimed.release();
    throw error;
  }
}

function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder, { mode: 0o700 });
  } catch (cause) {
    throw new AppError({
      code: 'DatabaseUnreachable',
      message: `The database can't be kept in ${folder}: ${(cause as Error).message}.`,
      hint: 'Choose another place with XDG_STATE_HOME, or a Postgres server with DATABASE_URL.',
      cause,
    });
  }
}

/** Makes an empty database aside and moves it into place, so that there is a complete one or none. */
async function createData({ folder, onCreate, signal }: OpenDatabaseOptions): Promise<void> {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(DRAFT)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  if (existsSync(join(folder, DATA))) return;
  onCreate?.();
  await putDraft(folder, (draft) => makeDatabase(draft, signal));
}

async function openData(folder: string): Promise<PGlite> {
  try {
    // Without it, PGlite would take the folder for an empty one and write a new database over the old.
    accessSync(join(folder, DATA, 'PG_VERSION'));
    return await PGlite.create({
      dataDir: join(folder, DATA),
      // The driver of a real server gives ids as text, and so does this one.
      parsers: { [types.INT8]: (text: string) => text },
    });
  } catch (cause) {
    throw new AppError({
      code: 'DatabaseDamaged',
      message: `The database in ${folder} can't be opened.`,
      hint: `Move the folder away to begin with an empty one: mv '${folder}' '${folder}.damaged'`,
      cause,
    });
  }
}

function databaseOf(db: PGlite, folder: string, release: () => void): Database {
  let closing: Promise<void> | undefined;
  return {
    kind: 'pglite',
    place: folder,
    query: (text, params) => run(db, text, params),
    transaction: (body) =>
      db.transaction((tx) => body({ query: (text, params) => run(tx, text, params) })),
    unusable: (cause) =>
      new AppError({
        code: 'DatabaseUnreachable',
        message: `The database ${folder} can't be used: ${databaseProblem(cause)}.`,
        hint: 'Run it again with --verbose and look at the cause.',
        cause,
      }),
    close: () => {
      closing ??= db.close().finally(release);
      return closing;
    },
  };
}

async function run<Row>(
  db: PGlite | Transaction,
  text: string,
  params?: readonly unknown[],
): Promise<QueryResult<Row>> {
  const { rows, affectedRows } = await db.query<Row>(text, params ? [...params] : undefined);
  return { rows, rowCount: rows.length || (affectedRows ?? 0) };
}

function inUse(folder: string, pid: number): AppError {
  return new AppError({
    code: 'DatabaseInUse',
    message: `The database in ${folder} is in use by another process (pid ${pid}).`,
    hint: 'One process at a time can have it. To share it, use a Postgres server: DATABASE_URL=postgres://…',
  });
}
