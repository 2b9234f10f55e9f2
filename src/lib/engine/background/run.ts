import { claim } from '../../process/lock.ts';
import { makeFolder } from '../../process/make-folder.ts';
import { AppError } from '../../rules/errors.ts';
import { diskProblem } from '../../rules/text/disk-problem.ts';
import { VERSION } from '../../rules/version.ts';
import { type RunningEngine, type StartOptions, startEngine } from '../http/server.ts';
import type { LogEntry } from './log.ts';
import { type EngineRecord, writeRecord } from './record.ts';
import { stateFolderUnusable } from './state-folder-unusable.ts';

/** How an engine process runs. */
export interface RunOptions extends Omit<StartOptions, 'stateDir' | 'port'> {
  /** For its lock and its record, and for its state unless `ephemeral`. */
  readonly stateDir: string;
  readonly port: number;
  readonly ephemeral: boolean;
}

/** Writes a line of the engine's log. */
export type Log = (level: LogEntry['level'], message: string, details?: object) => void;

/** An engine that runs, or the process that holds its state folder already. */
export type Ran =
  | {
      readonly kind: 'running';
      readonly running: RunningEngine;
      readonly record: EngineRecord;
      /** Stops the engine, and lets another one have the state folder. */
      stop(): Promise<void>;
    }
  | { readonly kind: 'held'; readonly pid: number };

/**
 * Runs an engine in this process, so that other processes find it by its state folder.
 *
 * @throws as `startEngine`, and AppError `StateFolderUnusable` where the folder can't be written to
 */
export async function runEngine(options: RunOptions, log: Log): Promise<Ran> {
  try {
    return await claimAndRun(options, log);
  } catch (error) {
    const isDisk = !(error instanceof AppError) && diskProblem(error) !== undefined;
    throw isDisk ? stateFolderUnusable(options.stateDir, error) : error;
  }
}

async function claimAndRun(options: RunOptions, log: Log): Promise<Ran> {
  makeFolder(options.stateDir, { mode: 0o700 });
  const held = await claim(options.stateDir, 'engine');
  if (!held.held) return { kind: 'held', pid: held.pid };
  try {
    const { running, record } = await runHolding(options, log);
    const stop = async (): Promise<void> => {
      await running.stop();
      held.release();
    };
    return { kind: 'running', running, record, stop };
  } catch (error) {
    held.release();
    throw error;
  }
}

/** Runs an engine on a state folder that this process holds. */
async function runHolding(
  { stateDir, ephemeral, ...rest }: RunOptions,
  log: Log,
): Promise<{ running: RunningEngine; record: EngineRecord }> {
  const running = await startEngine({
    ...rest,
    ...(ephemeral ? {} : { stateDir }),
    pageStateDir: stateDir,
    onBug: (error) => log('error', 'a call failed inside the engine', describe(error)),
    onRefusal: ({ message }) => log('error', 'a call was refused', { error: message }),
    onRoleNote: (note) => log('error', 'allowed, but not on AWS', note),
    onPolicyNote: ({ topicArn, queueArn, reason, delivered }) =>
      log('error', delivered ? 'delivered, but not on AWS' : 'not delivered', {
        topicArn,
        queueArn,
        reason,
        cure: `pubsub doctor --fix${delivered ? '' : ', or --policies warn to deliver all the same'}`,
      }),
  });
  const record: EngineRecord = {
    pid: process.pid,
    port: running.port,
    endpoint: running.endpoint,
    instance: running.instance,
    ephemeral,
    version: VERSION,
    startedAt: new Date().toISOString(),
    requestedPort: rest.port,
    ...(running.page === undefined ? {} : { page: running.page }),
  };
  try {
    writeRecord(stateDir, record);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { running, record };
}

/** An error as the log has it. */
export function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, stack: error.stack };
}
