import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtProgram } from './built-program.ts';

/**
 * What a process says over its channel: that it is ready, with where it is reached, or why it can't go on; and to those
 * who asked for it, that the tables are dropped.
 */
type Message<Ready> =
  | ({ readonly kind: 'ready' } & Ready)
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'reset-done' };

/** A process that is ready. */
export interface RunningProcess<Ready> {
  readonly child: ChildProcess;
  /** What it said when it was ready. */
  readonly at: Ready;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/** A process beside the engine's, which the first call starts, and the next one after it ended another. */
export interface OnDemandProcess<Ready> {
  /** Its process id; undefined while it doesn't run. */
  readonly pid: number | undefined;
  /** Why it ended, as it said itself; undefined where it said nothing, and while it runs. */
  readonly failure: string | undefined;
  /**
   * The process, which is started where it doesn't run.
   * @param first told to a process that is started.
   * @throws Error when it can't be started, says so, or ends before it is ready; the next call tries anew.
   */
  ready(first?: object): Promise<RunningProcess<Ready>>;
  /** The process; undefined where none runs. */
  current(): Promise<RunningProcess<Ready> | undefined>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/**
 * @param name of the process, as the subject of a sentence.
 * @param program of `dist/`, and its arguments.
 * @param hasStream whether it gets a stream of its own, at file descriptor 4, for what is too much for the channel.
 */
export function createOnDemandProcess<Ready>(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  hasStream = false,
): OnDemandProcess<Ready> {
  let running: Promise<RunningProcess<Ready>> | undefined;
  let pid: number | undefined;
  let failure: string | undefined;

  const start = async (first: object | undefined): Promise<RunningProcess<Ready>> => {
    const child = spawn(process.execPath, [builtProgram(program), ...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', ...(hasStream ? (['overlapped'] as const) : [])],
      // It knows what it is told, and nothing else: no AWS credentials of the engine's starter.
      env: {},
      windowsHide: true,
    });
    pid = child.pid;
    // What it said last comes before its channel closes.
    const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(
      () => undefined,
      () => undefined,
    );
    return new Promise((resolve, reject) => {
      child.on('message', (told: Message<Ready>) => {
        if (told.kind === 'ready') resolve({ child, at: told, ended });
        else if (told.kind === 'failed') {
          failure = told.message;
          reject(new Error(told.message));
        }
      });
      // No `exit` follows where no process began.
      child.on('error', reject);
      void ended.then(() => reject(new Error(`${name} ended before it was ready`)));
      if (first !== undefined) child.send(first, () => undefined);
    });
  };

  const current = async () => running?.catch(() => undefined);
  return {
    get pid() {
      return pid;
    },
    get failure() {
      return failure;
    },
    ready(first) {
      if (running) return running;
      const forget = (): void => {
        if (running !== started) return;
        running = undefined;
        pid = undefined;
      };
      failure = undefined;
      const started = start(first);
      started.then(({ ended }) => ended.then(forget), forget);
      running = started;
      return started;
    },
    current,
    async stop() {
      const process = await current();
      process?.child.kill('SIGTERM');
      await process?.ended;
    },
  };
}
