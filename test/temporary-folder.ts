import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file system in memory: copying and deleting a database in it takes an eighth of the CPU time of a disk. */
const MEMORY = '/dev/shm';
const NAME = 'pubsub-tests-';
/** Bytes that have to be free. */
const ENOUGH = 2 * 1024 ** 3;

/**
 * Keeps the temporary files of all tests in memory, where the system has a file system for that which is large enough
 * and runs programs (a container's often isn't). They go with the process, however it ends; what a killed one left goes
 * with the next run.
 */
export default function setup(): void {
  if (process.env.TMPDIR !== undefined) return;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ENOUGH) return;
    removeLeft();
    const folder = mkdtempSync(join(MEMORY, `${NAME}${process.pid}-`));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    const script = join(folder, 'runs');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o700 });
    execFileSync(script);
    process.env.TMPDIR = folder;
  } catch {
    // There is none, or it runs no programs: the usual place does.
  }
}

/** Removes the folders of processes that are gone. */
function removeLeft(): void {
  for (const name of readdirSync(MEMORY)) {
    if (!name.startsWith(NAME)) continue;
    try {
      process.kill(Number.parseInt(name.slice(NAME.length), 10), 0);
    } catch (error) {
      // Of somebody else's process: EPERM.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') continue;
      rmSync(join(MEMORY, name), { recursive: true, force: true });
    }
  }
}
