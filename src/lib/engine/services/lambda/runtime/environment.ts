import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type RuntimeApi, serveRuntimeApi } from './api.ts';
import { failure, type Invocation, type InvocationResult } from './invocation.ts';
import type { Watchdog } from './watchdog.ts';

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
}

/** One execution environment: a process that takes one invocation after the other. */
export interface Environment {
  /** How long the start took, in milliseconds; undefined before it is over. */
  readonly initMs: number | undefined;
  /** Why the start failed, as an invocation's result; undefined where it didn't. Resolves when the start is over. */
  readonly started: Promise<(InvocationResult & { readonly ok: false }) | undefined>;
  /** Whether it can take another invocation. */
  readonly alive: boolean;
  /** MUST be called after the start, one at a time. @param timeoutMs after which the process is killed. */
  invoke(invocation: Invocation, timeoutMs: number): Promise<InvocationResult>;
  /** The most memory that the process had, in MB; undefined where nobody tells. */
  memoryMb(): number | undefined;
  /** Kills the process with all that it has started. */
  stop(): Promise<void>;
}

/** "The Init phase is limited to 10 seconds" (Lambda execution environment lifecycle). */
const INIT_TIMEOUT_MS = 10_000;

/** Starts an execution environment. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { command, folder, env, onLine, watchdog } = options;
  const began = performance.now();
  let child: ChildProcess | undefined;
  let initMs: number | undefined;
  let alive = true;
  let endStart: (failed: (InvocationResult & { ok: false }) | undefined) => void = () => {};
  const started = new Promise<(InvocationResult & { ok: false }) | undefined>((resolve) => {
    endStart = (failed) => {
      initMs ??= performance.now() - began;
      if (failed) alive = false;
      resolve(failed);
    };
  });
  const api = await serveRuntimeApi(
    {
      onReady: () => endStart(undefined),
      onInitError: (payload) => endStart({ ok: false, payload, alive: false }),
    },
    () => child?.pid,
  );
  const [file, ...args] = command;
  child = spawn(file, args, {
    cwd: folder,
    env: { ...env, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what it starts is killed with it.
    detached: true,
  });
  const { pid: group } = child;
  if (group !== undefined) watchdog?.watch(group);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) tellLines(stream, onLine);
  }
  const initTimer = setTimeout(() => {
    endStart(
      failure('Sandbox.Timedout', `Init timed out after ${INIT_TIMEOUT_MS / 1000} seconds`, false),
    );
    kill(child);
  }, INIT_TIMEOUT_MS);
  void started.then(() => clearTimeout(initTimer));
  const ended = whenEnded(child, api, (result) => {
    alive = false;
    endStart(result);
    if (group !== undefined) watchdog?.forget(group);
  });
  return {
    get initMs() {
      return initMs;
    },
    get alive() {
      return alive;
    },
    started,
    async invoke(invocation, timeoutMs) {
      const timer = setTimeout(() => {
        alive = false;
        const seconds = (timeoutMs / 1000).toFixed(2);
        api.abandon('Sandbox.Timedout', `Task timed out after ${seconds} seconds`);
        kill(child);
      }, timeoutMs);
      const result = await api.invoke(invocation);
      clearTimeout(timer);
      if (!result.ok && !result.alive) alive = false;
      // What it printed before it answered is in the pipes by now: a turn of the loop reads them.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      return result;
    },
    memoryMb: () => peakMemoryMb(child?.pid),
    async stop() {
      alive = false;
      kill(child);
      await ended;
      // The process first: a runtime whose API is gone asks for it again and again.
      api.close();
    },
  };
}

/** Resolves when the process is gone; what was out then fails with how it ended. */
function whenEnded(
  child: ChildProcess,
  api: RuntimeApi,
  onEnd: (result: InvocationResult & { ok: false }) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (reason: string): void => {
      onEnd(failure('Runtime.ExitError', reason, false));
      api.abandon('Runtime.ExitError', reason);
      kill(child);
      resolve();
    };
    child.once('error', (error) => end(`Runtime could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (code === 0) end('Runtime exited without providing a reason');
      else {
        const how =
          signal === null ? `exit status ${code}` : `signal: ${SIGNALS[signal] ?? signal}`;
        end(`Runtime exited with error: ${how}`);
      }
    });
  });
}

/** "Maximum log event size" (CloudWatch Logs quotas): a longer line is told in parts. */
const MAX_LINE_LENGTH = 256 * 1024;

/** Tells each line of a stream; a carriage return inside one is kept, for that is how runtimes keep several together. */
function tellLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > MAX_LINE_LENGTH) {
      onLine(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** As the services' messages name them. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
  SIGTERM: 'terminated',
};

function kill(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
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
