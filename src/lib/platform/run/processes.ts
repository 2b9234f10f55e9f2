import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive } from '../../process/alive.ts';
import { makeFolder } from '../../process/make-folder.ts';
import { AppError } from '../../rules/errors.ts';
import type { ServiceName } from '../service/names.ts';
import { platformFolder, type ServiceRecord } from './record.ts';

/** In the environment of every process of a platform: which one it belongs to. */
export const INSTANCE_VARIABLE = 'PUBSUB_PLATFORM_INSTANCE';

/** Milliseconds that a service may take until it answers, between two looks, and that one look may take. */
const START_TIMEOUT_MS = 120_000;
const LOOK_INTERVAL_MS = 50;
const LOOK_TIMEOUT_MS = 3_000;
/** Milliseconds that a service may take to finish what it has in hand. */
const STOP_TIMEOUT_MS = 20_000;

/** Where a service logs: one JSON object a line. */
export function serviceLogPath(stateDir: string, name: ServiceName): string {
  return join(platformFolder(stateDir), 'logs', `${name}.log`);
}

/** A process that is to be started. */
export interface Launch {
  readonly stateDir: string;
  readonly name: ServiceName;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts a service that goes on when this process ends. @returns its process id */
export function launch({ stateDir, name, command, env }: Launch): number {
  const path = serviceLogPath(stateDir, name);
  makeFolder(join(platformFolder(stateDir), 'logs'), { mode: 0o700 });
  const log = openSync(path, 'a', 0o600);
  try {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      cwd: platformFolder(stateDir),
      detached: true,
      env,
      stdio: ['ignore', 'ignore', log],
      windowsHide: true,
    });
    child.on('error', () => {});
    child.unref();
    if (child.pid === undefined) throw notStarted(name, stateDir, 'its process was not made');
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** Waits until a service answers. @throws AppError `ServiceStartFailed`; the signal's reason */
export async function untilReady(
  stateDir: string,
  service: ServiceRecord,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let last = 'it does not answer';
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (!alive(service.pid)) {
      throw notStarted(service.name, stateDir, lastWords(stateDir, service.name) ?? 'it ended');
    }
    const look = await lookAt(service);
    if (look.ready) return;
    last = look.problem ?? last;
    await sleep(LOOK_INTERVAL_MS);
  }
  throw notStarted(service.name, stateDir, `${last} after ${START_TIMEOUT_MS / 1000} s`);
}

/** How a service is doing. */
export interface ServiceLook {
  /** Whether its process answers. */
  readonly answers: boolean;
  readonly ready: boolean;
  /** Why it isn't ready. */
  readonly problem?: string;
}

/** Asks a service whether it is ready. Never throws. */
export async function lookAt({ name, port }: ServiceRecord): Promise<ServiceLook> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`, {
      signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
    });
    const { ready, checks = {} } = (await answer.json()) as {
      ready?: boolean;
      checks?: Record<string, { ok: boolean; message?: string }>;
    };
    const [bad] = Object.entries(checks).filter(([, { ok }]) => !ok);
    const problem = bad && `${bad[0]}: ${bad[1].message ?? 'not ready'}`;
    return { answers: true, ready: ready === true, ...(problem && { problem }) };
  } catch {
    return { answers: false, ready: false, problem: `${name} does not answer at port ${port}` };
  }
}

/** Whether a process that was recorded still runs: one that got its id later is another one's. */
export function isRunning({ pid }: ServiceRecord, instance: string): boolean {
  if (pid === 0 || !alive(pid)) return false;
  try {
    if (hasEnded(pid)) return false;
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.includes(`${INSTANCE_VARIABLE}=${instance}`);
  } catch {
    // Without /proc, or of another user: its id has to do.
    return alive(pid);
  }
}

/** Whether a process is over, and only waits for its parent to look. */
function hasEnded(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

/** Asks services to end and waits for it; one that doesn't is killed. @returns those that had to be */
export async function endServices(
  services: readonly ServiceRecord[],
  instance: string,
): Promise<readonly ServiceRecord[]> {
  const running = services.filter((service) => isRunning(service, instance));
  for (const { pid } of running) send(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  const left = () => running.filter((service) => isRunning(service, instance));
  while (left().length > 0 && Date.now() < deadline) await sleep(LOOK_INTERVAL_MS);
  const stuck = left();
  for (const { pid } of stuck) send(pid, 'SIGKILL');
  while (left().length > 0) await sleep(LOOK_INTERVAL_MS);
  return stuck;
}

/** Kills a service's process, and waits until it is gone. */
export async function endAtOnce(service: ServiceRecord, instance: string): Promise<void> {
  if (!isRunning(service, instance)) return;
  send(service.pid, 'SIGKILL');
  while (isRunning(service, instance)) await sleep(LOOK_INTERVAL_MS);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** What a service that ended said last. */
function lastWords(stateDir: string, name: ServiceName): string | undefined {
  const lines = readFileSync(serviceLogPath(stateDir, name), 'utf8').trimEnd().split('\n');
  return lines
    .filter((line) => line.startsWith('✗'))
    .at(-1)
    ?.slice(2)
    .replace(/\.$/, '');
}

function notStarted(name: ServiceName, stateDir: string, reason: string): AppError {
  return new AppError({
    code: 'ServiceStartFailed',
    message: `The service ${name} did not start: ${reason}. Its log is ${serviceLogPath(stateDir, name)}.`,
    hint: `pubsub platform logs ${name}`,
  });
}
