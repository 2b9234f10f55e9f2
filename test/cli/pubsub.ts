import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runMain } from './main.ts';

const BINARY = join(import.meta.dirname, '../../bin/pubsub.js');

/** What a run of the binary left behind. */
export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
}

/** A run of the binary that still goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout(): string;
  stderr(): string;
  /** Waits until stdout and stderr together contain the words or match. */
  waitFor(words: string | RegExp): Promise<void>;
}

export interface RunOptions {
  /** Added to the fixture's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the process reads on stdin; nothing unless given. */
  readonly stdin?: string;
  readonly cwd?: string;
}

/** The built binary with folders of its own. */
export interface Pubsub {
  /** PATH, HOME and XDG folders of its own; nothing else of the surrounding environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs to the end. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts and hands over the running process. */
  start(args: readonly string[], options?: RunOptions): Running;
  /** Runs with `--json` and parses stdout. */
  json(args: readonly string[], options?: RunOptions): Promise<{ code: number | null; doc: never }>;
}

/**
 * Gives a test file the built binary with temporary folders. Processes that still run at the end are killed, and an
 * engine that a command started is stopped. No terminal is attached: see `openTerminal` for one.
 * @param options.inProcess `run` and `json` run the command line in this process, as `runMain` does: for files with many
 * short runs, in which `start` and terminals show what the binary does.
 */
export function usePubsub(options: { readonly inProcess?: boolean } = {}): Pubsub {
  let folder = '';
  const running = new Set<ChildProcess>();
  const environment = (): Record<string, string> => ({
    PATH: process.env.PATH ?? '',
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pubsub-cli-'));
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await launch(['local', 'stop'], environment(), {}).finished;
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (args: readonly string[], given: RunOptions = {}): Running => {
    const run = launch(args, environment(), { cwd: folder, ...given });
    running.add(run.child);
    void run.finished.then(() => running.delete(run.child));
    return run;
  };
  const run = (args: readonly string[], given: RunOptions = {}): Promise<Finished> => {
    if (!options.inProcess) return start(args, given).finished;
    const { env, ...rest } = given;
    return runMain(args, { ...environment(), ...env }, rest);
  };
  return {
    get env() {
      return environment();
    },
    start,
    run,
    json: async (args, options) => {
      const { stdout, stderr, code } = await run([...args, '--json'], options);
      try {
        return { code, doc: JSON.parse(stdout) as never };
      } catch {
        throw new Error(`stdout is not one JSON document:\n${stdout}\n--- stderr:\n${stderr}`);
      }
    },
  };
}

function launch(
  args: readonly string[],
  base: Record<string, string>,
  options: RunOptions,
): Running {
  const env = Object.fromEntries(
    Object.entries({ ...base, ...options.env }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const child = spawn(process.execPath, [BINARY, ...args], {
    env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  // A process that ends before it has read everything is no failure of the test.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...text, code }));
  });
  return {
    child,
    finished,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    waitFor: (words) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const all = text.stdout + text.stderr;
          if (typeof words === 'string' ? !all.includes(words) : !words.test(all)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        void finished.then(({ code }) =>
          reject(
            new Error(
              `exited with ${code} before ${words} came:\n${text.stdout}\n--- stderr:\n${text.stderr}`,
            ),
          ),
        );
        check();
      }),
  };
}
