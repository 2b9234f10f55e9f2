import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnEngine } from '../../lib/compare/measure-style.ts';
import type { Settings } from '../../lib/config/settings.ts';
import { alive } from '../../lib/process/alive.ts';
import { AppError } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';

/** Tries to remove a folder into which a process that ends still writes. */
const RETRIES = 10;

/** Below this folder each comparison has one by its process id, with a folder for each engine that it starts. */
function comparisonsFolder(stateDir: string): string {
  return join(stateDir, 'compare');
}

/**
 * An engine of its own, on a folder of its own: what the user has deployed is not touched. It ends, with all that runs on
 * it, and its folder goes when `body` is over; it ends by itself where this process is killed.
 */
export async function withOwnEngine<T>(
  settings: Settings,
  name: string,
  body: (engine: OwnEngine) => Promise<T>,
): Promise<T> {
  const [{ startInBackground, followEvents }, { createAws }] = await Promise.all([
    import('../../lib/engine/background.ts'),
    import('../../lib/aws/clients.ts'),
  ]);
  const folder = join(comparisonsFolder(settings.stateDir), String(process.pid));
  const stateDir = join(folder, name);
  try {
    const { endpoint, pid } = await startInBackground({ stateDir, port: 0, owner: process.pid });
    const aws = await createAws(settings, endpoint);
    const events: OwnEngine['events'] = (signal, onOpen) =>
      followEvents(endpoint, signal, undefined, onOpen);
    return await body({ aws, pid, stateDir, events }).finally(() => aws.close());
  } finally {
    await removeComparison(folder);
  }
}

/**
 * Removes what comparisons left whose process was killed, and names it.
 * @param dryRun whether it is only named. @throws AppError where an engine does not end.
 */
export async function sweepComparisons(
  { printer, settings }: CommandContext,
  { dryRun = false } = {},
): Promise<void> {
  for (const folder of leftComparisons(settings.stateDir)) {
    if (!dryRun) await removeComparison(folder);
    printer.note(
      `${dryRun ? 'An interrupted comparison left' : 'Removed what an interrupted comparison left'}: ${folder}`,
    );
  }
}

/** The folders of comparisons whose process is gone. */
function leftComparisons(stateDir: string): string[] {
  const folder = comparisonsFolder(stateDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[1-9]\d*$/.test(name) && !alive(Number(name)))
    .map((name) => join(folder, name));
}

/** Ends an engine whose state nobody needs: at once where it does not end by itself, its tasks with it. */
async function endEngine(stateDir: string): Promise<void> {
  const { readRecord, stopBackground } = await import('../../lib/engine/background.ts');
  await stopBackground(stateDir).catch((error: unknown) => {
    const pid = readRecord(stateDir)?.pid;
    if (!(error instanceof AppError) || pid === undefined) throw error;
    process.kill(pid, 'SIGKILL');
  });
}

async function removeComparison(folder: string): Promise<void> {
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) await endEngine(join(folder, name));
    rmSync(folder, { recursive: true, force: true, maxRetries: RETRIES });
  }
  try {
    rmdirSync(join(folder, '..'));
  } catch {
    // Another comparison is there, or nothing was.
  }
}
