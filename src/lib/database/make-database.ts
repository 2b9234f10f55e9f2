import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What the thread runs: a program of its own, so that it needs no build and no loader. */
const PROGRAM = `
const { workerData } = require('node:worker_threads');
const { PGlite } = require(workerData.pglite);
PGlite.create(workerData.folder).then((database) => database.close());
`;

/**
 * Makes an empty embedded database in a folder. It keeps a thread busy for seconds, and far longer on a busy machine,
 * so it has one of its own: signals and requests are answered meanwhile.
 *
 * @param signal ends it at once; what is in the folder by then is no database.
 * @throws the signal's reason, or why the folder can't be written
 */
export async function makeDatabase(folder: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const worker = new Worker(PROGRAM, { eval: true, execArgv: [], workerData: { pglite, folder } });
  const end = (): void => void worker.terminate();
  signal?.addEventListener('abort', end);
  try {
    await once(worker, 'exit');
  } finally {
    signal?.removeEventListener('abort', end);
  }
  signal?.throwIfAborted();
}
