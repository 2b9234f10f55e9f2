import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive } from '../../process/alive.ts';
import { AppError } from '../../rules/errors.ts';
import { type Faults, formatFaults } from '../../rules/faults.ts';
import { damaged } from '../journal/damaged.ts';
import { builtProgram } from './built-program.ts';
import { engineEnvironment } from './environment.ts';
import type { Handshake } from './handshake.ts';
import { checkHealth } from './health.ts';
import { closeLog, logPath, openLog } from './log.ts';
import { ENGINE_NODE_OPTIONS } from './node-options.ts';
import { portTaken } from './port-owner.ts';
import { readRecord } from './record.ts';
import { stateFolderUnusable } from './state-folder-unusable.ts';
import { backgroundStatus, type RunningStatus, runningStatus } from './status.ts';

/** How to run an engine in the background. */
export interface BackgroundOptions {
  /** The folder for the engine's state, its log and its record; made where it is missing. */
  readonly stateDir: string;
  /** 0 picks a free port; without one, the port that was asked for last time, at first `DEFAULT_PORT`. */
  readonly port?: number;
  /** Keeps the state in memory only. */
  readonly ephemeral?: boolean;
  /** The process that it is for: the engine ends when that is gone. None for an engine that stays. */
  readonly owner?: number;
  /** The address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** Names that clients may address it by, besides those of this machine. */
  readonly allowHosts?: readonly string[];
  /** What every request has to show. */
  readonly token?: string;
  /** `warn` lets pass what a queue's policy or a role refuses; `enforce` unless given. */
  readonly policies?: 'enforce' | 'warn';
  /** Hosts that HTTP subscriptions may lead to besides this machine. */
  readonly allowHttp?: readonly string[];
  /** Whose access keys are: values that `parseIdentity` reads. */
  readonly identities?: readonly string[];
  readonly faults?: Faults;
  readonly seed?: number;
  /** False to do without AWS's waiting periods after deleting and purging. */
  readonly strictTimings?: boolean;
}

/** An engine that answers, and whether this call started it. */
export interface StartedStatus extends RunningStatus {
  readonly started: boolean;
}

export const DEFAULT_PORT = 4566;

/** How long a start may take, in milliseconds: a large state has to be read back first. */
const START_TIMEOUT = 60_000;

/** How a process ends that maps a damaged database into its memory. */
const BAD_MEMORY: ReadonlySet<NodeJS.Signals> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT']);

/** How often a start that another process makes is looked at, in milliseconds. */
const POLL = 25;

/**
 * Starts an engine that goes on when this process ends, and waits until it answers. Where one runs on the state folder
 * already, or another process starts one at the same moment, that one is given back.
 *
 * @throws AppError `PortTaken`, `EngineStartFailed`, `EngineUnresponsive`, `StateFolderUnusable`, or what the engine says of its state
 * (`StateDamaged`, `StateTooNew`).
 */
export async function startInBackground(options: BackgroundOptions): Promise<StartedStatus> {
  const { stateDir } = options;
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const existing = await backgroundStatus(stateDir);
    if (existing.running) return { ...existing, started: false };
    const port = options.port ?? readRecord(stateDir)?.requestedPort ?? DEFAULT_PORT;
    const handshake = await launch(options, port);
    if (handshake.kind !== 'held') return settle(stateDir, handshake);
    const other = await awaitOther(stateDir, handshake.pid, deadline);
    if (other !== undefined) return other;
  }
}

async function settle(
  stateDir: string,
  handshake: Exclude<Handshake, { kind: 'held' }>,
): Promise<StartedStatus> {
  switch (handshake.kind) {
    case 'ready': {
      const { record } = handshake;
      const check = await checkHealth(record.endpoint, START_TIMEOUT);
      if (check.kind === 'engine' && check.health.instance === record.instance) {
        return { ...runningStatus(stateDir, record), started: true };
      }
      throw startFailed(stateDir, `it does not answer at ${record.endpoint}`);
    }
    case 'port-taken':
      throw await portTaken(handshake.port);
    case 'failed':
      throw new AppError({
        code: handshake.code,
        message: handshake.message,
        ...(handshake.hint === undefined ? {} : { hint: handshake.hint }),
      });
  }
}

/** The engine of a state folder, started with its last options where none runs. Errors as `startInBackground`. */
export function ensureRunning(options: { readonly stateDir: string }): Promise<StartedStatus> {
  return startInBackground(options);
}

async function launch(options: BackgroundOptions, port: number): Promise<Handshake> {
  const { stateDir } = options;
  let log: number;
  try {
    log = openLog(stateDir);
  } catch (cause) {
    throw stateFolderUnusable(stateDir, cause);
  }
  try {
    const child = spawn(
      process.execPath,
      [...ENGINE_NODE_OPTIONS, builtProgram('engine.js'), ...engineArguments(options, port)],
      {
        cwd: stateDir,
        detached: true,
        env: engineEnvironment(process.env, options.token),
        stdio: ['ignore', log, log, 'ipc'],
        windowsHide: true,
      },
    );
    return await firstWord(child, stateDir);
  } finally {
    closeLog(log);
  }
}

function engineArguments(options: BackgroundOptions, port: number): string[] {
  const { stateDir, ephemeral, owner, allowHttp = [], identities = [] } = options;
  const { faults, seed, strictTimings, host, allowHosts = [], policies } = options;
  const list = ['--state-dir', stateDir, '--port', String(port)];
  if (ephemeral) list.push('--ephemeral');
  if (host !== undefined) list.push('--host', host);
  if (allowHosts.length > 0) list.push('--allow-host', allowHosts.join(','));
  if (policies !== undefined) list.push('--policies', policies);
  if (owner !== undefined) list.push('--owner', String(owner));
  if (allowHttp.length > 0) list.push('--allow-http', allowHttp.join(','));
  for (const each of identities) list.push('--identity', each);
  if (strictTimings === false) list.push('--loose-timings');
  if (faults !== undefined && formatFaults(faults) !== '') {
    list.push('--faults', formatFaults(faults), '--seed', String(seed ?? 0));
  }
  return list;
}

/** What the child says first; then it is let go. */
function firstWord(child: ChildProcess, stateDir: string): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(startFailed(stateDir, `it was not ready after ${START_TIMEOUT / 1000} s`));
    }, START_TIMEOUT);
    const letGo = () => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.unref();
    };
    child.once('message', (message) => {
      letGo();
      resolve(message as Handshake);
    });
    child.once('error', (error) => {
      letGo();
      reject(startFailed(stateDir, error.message));
    });
    // The channel closes after everything that came over it was read; the process may be seen to end before.
    child.once('disconnect', () => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        letGo();
        reject(
          signal !== null && BAD_MEMORY.has(signal)
            ? damaged(stateDir, signal)
            : startFailed(stateDir, `it ended at once (${signal ?? `exit code ${code}`})`),
        );
      };
      if (child.exitCode === null && child.signalCode === null) child.once('exit', ended);
      else ended(child.exitCode, child.signalCode);
    });
  });
}

/** Another process holds the state folder: its engine is about to answer, or to end, which gives nothing back. */
async function awaitOther(
  stateDir: string,
  pid: number,
  deadline: number,
): Promise<StartedStatus | undefined> {
  while (Date.now() < deadline) {
    const status = await backgroundStatus(stateDir);
    if (status.running) return { ...status, started: false };
    if (!alive(pid)) return undefined;
    await sleep(POLL);
  }
  throw startFailed(stateDir, `another engine (pid ${pid}) holds ${stateDir} and does not answer`);
}

function startFailed(stateDir: string, reason: string): AppError {
  return new AppError({
    code: 'EngineStartFailed',
    message: `The local engine did not start: ${reason}. Its log is ${logPath(stateDir)}.`,
    hint: 'pubsub local logs',
  });
}
