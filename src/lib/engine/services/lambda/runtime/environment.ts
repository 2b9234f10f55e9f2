import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { signalTree } from '../../../../process/process-tree.ts';
import { tellLines } from '../../../processes/output-lines.ts';
import type { Watchdog } from '../../../processes/watchdog.ts';
import { serveRuntimeApi } from './api.ts';
import { type Failure, failure, type Invocation, type InvocationResult } from './invocation.ts';
import { exitWords, isProgram, startWords } from './process-words.ts';

/** What runs in an execution environment. */
export interface EnvironmentOptions {
  /** The program with its arguments: an interpreter with a bootstrap of ours, or the function's own `bootstrap`. */
  readonly command: readonly [file: string, ...args: string[]];
  /** The folder of the function's code. */
  readonly folder: string;
  /** Variables besides `AWS_LAMBDA_RUNTIME_API`. */
  readonly env: Readonly<Record<string, string>>;
  /** Told each line that the function prints. */
  readonly onLine: (line: string) => void;
  /** Told of the process group that begins, and of its end. */
  readonly watchdog?: Pick<Watchdog, 'watch' | 'forget'> | undefined;
  /** How long the start may take, in milliseconds; 10 seconds unless given. */
  readonly initTimeoutMs?: number;
}

/** One execution environment: a process that takes one invocation after the other. */
export interface Environment {
  /** How long the start took, in milliseconds; undefined before it is over. */
  readonly initMs: number | undefined;
  /** Why the start failed, as an invocation's result; undefined where it didn't. Resolves when the start is over. */
  readonly started: Promise<Failure | undefined>;
  /** Whether it can take another invocation. */
  readonly alive: boolean;
  /**
   * Undefined where the process ended before it took the event. MUST be called after the start, one at a time.
   *
   * @param timeoutMs after which the process is killed. @param spentMs what is used up of it
   */
  invoke(
    invocation: Invocation,
    timeoutMs: number,
    spentMs?: number,
  ): Promise<InvocationResult | undefined>;
  /** The most memory that the process had, in MB; undefined where nobody tells. */
  memoryMb(): number | undefined;
  /** Kills the process with all that it has started. */
  stop(): Promise<void>;
}

/** "The Init phase is limited to 10 seconds" (Lambda execution environment lifecycle). */
const INIT_TIMEOUT_MS = 10_000;

/** Starts an execution environment. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { initTimeoutMs = INIT_TIMEOUT_MS, watchdog, onLine } = options;
  const began = performance.now();
  let child: ChildProcess | undefined;
  let initMs: number | undefined;
  let alive = true;
  let endStart: (failed: Failure | undefined) => void = () => {};
  const started = new Promise<Failure | undefined>((resolve) => {
    endStart = (failed) => {
      initMs ??= performance.now() - began;
      if (failed) alive = false;
      resolve(failed);
    };
  });
  let memoryMb: number | undefined;
  const measureMemory = (): number | undefined => {
    memoryMb = peakMemoryMb(child?.pid) ?? memoryMb;
    return memoryMb;
  };
  const api = await serveRuntimeApi(
    {
      onReady: () => {
        measureMemory();
        endStart(undefined);
      },
      onInitError: (payload) => {
        // It waits for the answer, and ends then.
        measureMemory();
        endStart({ ok: false, payload, alive: false });
      },
    },
    () => child?.pid,
  );
  let isKilled = false;
  const kill = (): void => {
    measureMemory();
    if (!isKilled) signalTree(child?.pid, `${API_VARIABLE}=${api.address}`, 'SIGKILL');
    isKilled = true;
  };
  const end = (errorType: string, reason: string): void => {
    alive = false;
    endStart(failure(errorType, reason, false));
    api.abandon(errorType, reason);
  };
  const ended = run(options, api.address, (running) => {
    child = running;
  }).then(({ errorType, reason }) => {
    api.withdraw();
    end(errorType, reason);
    kill();
    if (child?.pid !== undefined) watchdog?.forget(child.pid);
  });
  const tellRests = [child?.stdout, child?.stderr].map((stream) =>
    stream ? tellLines(stream, onLine) : () => {},
  );
  const initTimer = setTimeout(() => {
    end('Sandbox.Timedout', `Init timed out after ${initTimeoutMs / 1000} seconds`);
    kill();
  }, initTimeoutMs);
  void started.then(() => clearTimeout(initTimer));
  return {
    get initMs() {
      return initMs;
    },
    get alive() {
      return alive;
    },
    started,
    async invoke(invocation, timeoutMs, spentMs = 0) {
      const timer = setTimeout(() => {
        end('Sandbox.Timedout', timeoutWords(timeoutMs));
        kill();
      }, timeoutMs - spentMs);
      const result = await api.invoke(invocation).finally(() => clearTimeout(timer));
      if (result?.ok === false && !result.alive) alive = false;
      // What it printed before it answered is in the pipes by now: a turn of the loop reads them.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      for (const tellRest of tellRests) tellRest();
      return result;
    },
    memoryMb: measureMemory,
    async stop() {
      alive = false;
      kill();
      await ended;
      // The process first: a runtime whose API is gone asks for it again and again.
      api.close();
    },
  };
}

/** What an invocation answers that took too long. */
export function timeoutWords(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}

/** Where a runtime finds its API. It marks what a function starts: each environment has a port of its own. */
const API_VARIABLE = 'AWS_LAMBDA_RUNTIME_API';

/** Runs the process of an environment to its end, which it never reaches without a reason. */
async function run(
  { command: [file, ...args], folder, env, watchdog }: EnvironmentOptions,
  address: string,
  onStart: (child: ChildProcess) => void,
): Promise<{ readonly errorType: string; readonly reason: string }> {
  try {
    if (file.startsWith(folder)) checkFormat(file);
    const child = spawn(file, args, {
      cwd: folder,
      env: { ...env, [API_VARIABLE]: address },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what it starts is killed with it.
      detached: true,
    });
    onStart(child);
    if (child.pid !== undefined) watchdog?.watch(child.pid, `${API_VARIABLE}=${address}`);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return { errorType: 'Runtime.ExitError', reason: exitWords(code, signal) };
  } catch (error) {
    const program = file.startsWith(folder) ? `/var/task${file.slice(folder.length)}` : file;
    return { errorType: 'Runtime.InvalidEntrypoint', reason: startWords(program, error) };
  }
}

/** @throws Error `ENOEXEC` as execve(2), which libuv hides: it lets a shell try. */
function checkFormat(file: string): void {
  const start = Buffer.alloc(4);
  const open = openSync(file, 'r');
  try {
    readSync(open, start);
  } finally {
    closeSync(open);
  }
  if (!isProgram(start)) throw Object.assign(new Error('not a program'), { code: 'ENOEXEC' });
}

/** "VmHWM: Peak resident set size" (proc(5)), on Linux. */
function peakMemoryMb(pid: number | undefined): number | undefined {
  try {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? undefined : Math.ceil(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
