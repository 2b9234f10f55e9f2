import { alive } from '../../process/alive.ts';
import { AppError } from '../../rules/errors.ts';
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
  if (record !== undefined && (await answers(record))) return runningStatus(stateDir, record);
  return { running: false, pid: null, endpoint: null, stateDir, ephemeral: null };
}

export function runningStatus(stateDir: string, record: EngineRecord): RunningStatus {
  const { pid, endpoint, ephemeral } = record;
  return { running: true, pid, endpoint, stateDir, ephemeral };
}

async function answers({ pid, endpoint, instance }: EngineRecord): Promise<boolean> {
  if (!alive(pid)) return false;
  const check = await checkHealth(endpoint, PATIENCE);
  if (check.kind === 'silent') {
    throw new AppError({
      code: 'EngineUnresponsive',
      message: `The local engine (pid ${pid}) at ${endpoint} does not answer.`,
      hint: `kill ${pid}`,
    });
  }
  return check.kind === 'engine' && check.health.instance === instance;
}
