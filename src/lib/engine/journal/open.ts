import { existsSync } from 'node:fs';
import { damaged } from './damaged.ts';
import {
  checkJournalFolder,
  createJournalFolder,
  FORMAT,
  journalFolder,
  raiseFormat,
} from './folder.ts';
import type { Journal } from './journal.ts';
import { memoryJournal } from './memory.ts';

/**
 * Opens the journal of a state folder, and makes it where there is none; without a folder, a journal that keeps
 * nothing. No two processes may have one folder's journal open: the caller sees to that.
 *
 * @throws AppError `StateDamaged` when what the folder holds can't be read, `StateTooNew` when a newer version wrote
 * it; either way nothing in it is changed.
 */
export async function openJournal(stateDir: string | undefined): Promise<Journal> {
  if (stateDir === undefined) return memoryJournal();
  const folder = journalFolder(stateDir);
  // Native code: loaded only where something is to be kept.
  const [{ openEnvironment }, { durableJournal }] = await Promise.all([
    import('./lmdb.ts'),
    import('./durable.ts'),
  ]);
  if (existsSync(folder)) {
    if (checkJournalFolder(folder) < FORMAT) raiseFormat(folder);
  } else {
    await createJournalFolder(folder, (draft) => openEnvironment(draft).close());
  }
  try {
    return await durableJournal(stateDir, folder);
  } catch (cause) {
    throw damaged(stateDir, cause);
  }
}
