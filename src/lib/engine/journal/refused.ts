import { statfsSync } from 'node:fs';
import { diskProblem } from '../../rules/text/disk-problem.ts';
import type { JournalRefusal } from './journal.ts';

/** Why a commit to a state folder failed, in words. */
export function refused(stateDir: string, cause: unknown): JournalRefusal {
  // LMDB calls a write that found room for a part of it an input/output error.
  const full = hasLittleRoom(stateDir) ? diskProblem({ code: 'ENOSPC' }) : undefined;
  const reason =
    full ?? diskProblem(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return { message: `The local engine can't write to ${stateDir}: ${reason}.`, cause };
}

/** A disk with less room than this, in bytes, is taken for full when it refuses a commit. */
const LITTLE_ROOM = 16 * 1024 * 1024;

/** Whether a folder's disk is as good as full. */
export function hasLittleRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LITTLE_ROOM;
  } catch {
    return false;
  }
}
