import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenDatabaseOptions } from './database.ts';
import { makeDatabase } from './make-database.ts';
import { DATA, DRAFT } from './pglite-folder.ts';

/**
 * Makes empty embedded databases in folders that have none, which nobody opens meanwhile. Making one takes seconds; the
 * others are copies of it.
 * @param options.onCreate told before, where there are some to make
 * @throws the signal's reason, or why a folder can't be written
 */
export async function makeEmptyDatabases(
  folders: readonly string[],
  { signal, onCreate }: Pick<OpenDatabaseOptions, 'signal' | 'onCreate'>,
): Promise<void> {
  const missing = folders.filter((folder) => !existsSync(join(folder, DATA)));
  const [first, ...others] = missing;
  if (first === undefined) return;
  onCreate?.();
  await putDraft(first, (draft) => makeDatabase(draft, signal));
  const source = join(first, DATA);
  for (const folder of others) {
    await putDraft(folder, async (draft) => cpSync(source, draft, { recursive: true }));
  }
}

/** Makes a database aside and moves it into place, so that there is a complete one or none. */
export async function putDraft(
  folder: string,
  make: (draft: string) => Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, DRAFT + randomUUID());
  try {
    await make(draft);
    renameSync(draft, join(folder, DATA));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}
