import { alive } from '../../process/alive.ts';
import { AppError } from '../../rules/errors.ts';
import type { Health } from '../observe/endpoints.ts';
import { checkHealth } from './health.ts';
import { type EngineRecord, readRecord } from './record.ts';

/** Whether an engine runs on a state folder, and where. */
export interface BackgroundStatus {
  readonly running: boolean;
  readonly pid: number | null;
  readonly endpoint: string | null;
  readonly stateDir: string;
  /** Whether its state ends with it; null when none runs. */
  readonly ephemeral: boolean | null;
  /** False while it is still being made ready (`--init`), and where none runs. */
  readonly ready: boolean;
  /** The address of its page, with the token that lets that change something; null where none runs, or it has none. */
  readonly ui: string | null;
}

/** An engine that answers. */
export interface RunningStatus extends BackgroundStatus {
  readonly running: true;
  readonly pid: number;
  readonly endpoint: string;
  readonly ephemeral: boolean;
}

/** How long a living engine may take to answer a health check, in milliseconds. */
const PATIENCE = 5000;

/**
 * Looks for the engine of a state folder. A record of a process that is gone, or whose id now belongs to another
 * program, counts as nothing running.
 *
 * @throws AppError `EngineUnresponsive` when the engine's process is there and doesn't answer.
 */
export async function backgroundStatus(
  stateDir: string,
): Promise<RunningStatus | (BackgroundStatus & { running: false })> {
  const record = readRecord(stateDir);
  const health = record && (await healthOf(record));
  if (record && health) return runningStatus(stateDir, record, health.status !== 'starting');
  const none = { pid: null, endpoint: null, ephemeral: null, ui: null };
  return { running: false, ...none, stateDir, ready: false };
}

/** What the record of an engine that answers tells of it. */
export function runningStatus(
  stateDir: string,
  { pid, endpoint, ephemeral, page }: EngineRecord,
  ready = true,
): RunningStatus {
  return { running: true, pid, endpoint, stateDir, ephemeral, ready, ui: page ?? null };
}

async function healthOf({ pid, endpoint, instance }: EngineRecord): Promise<Health | undefined> {
  if (!alive(pid)) return undefined;
  const check = await checkHealth(endpoint, PATIENCE);
  if (check.kind === 'silent') {
    throw new AppError({
      code: 'EngineUnresponsive',
      message: `The local engine (pid ${pid}) at ${endpoint} does not answer.`,
      hint: `kill ${pid}`,
    });
  }
  const found = check.kind === 'engine' ? check.health : undefined;
  return found?.instance === instance ? found : undefined;
}
