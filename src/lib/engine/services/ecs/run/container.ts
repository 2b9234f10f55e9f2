import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { signalTree } from '../../../../process/process-tree.ts';
import { builtProgram } from '../../../background/built-program.ts';
import { tellLines } from '../../../processes/output-lines.ts';
import type { Watchdog } from '../../../processes/watchdog.ts';
import { pubsubArguments } from '../task-definition/command.ts';
import { type CheckedContainer, watchContainer } from './container-health.ts';
import type { ContainerView } from './runner.ts';

/** "the default value of 30 seconds" (`stopTimeout`), in milliseconds. */
const STOP_TIMEOUT_MS = 30_000;
/** After its first line a process that is alive so long is taken for one that works, in milliseconds. */
const STEADY_MS = 2_000;
/** One that prints nothing is given this long, in milliseconds. */
const SILENT_STEADY_MS = 30_000;
/** What is kept of its output to tell why it ended: an error and what mends it. */
const LAST_LINES = 2;
const MAX_LAST_CHARACTERS = 500;
/** As a shell tells a signal: 128 and its number. */
const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGKILL: 137,
  SIGTERM: 143,
  SIGSEGV: 139,
  SIGABRT: 134,
  SIGINT: 130,
};

/** What a container is run with. */
export interface ContainerOptions extends CheckedContainer {
  /** `NAME=value` of its environment that nothing else has: what the container has started is known by it. */
  readonly mark: string;
  readonly watchdog: Watchdog;
  readonly onLine: (line: string) => void;
  /** Its health, or whether it runs, changed. */
  readonly onChange: () => void;
}

/** A container: a process of this installation's `pubsub`. */
export interface Container extends ContainerView {
  readonly essential: boolean;
  /** Whether it is over the time in which what can't work ends. */
  readonly isSteady: boolean;
  /** The last lines that it printed, as one. */
  readonly lastLines: string;
  /** Resolves when the process and all that it has started are gone. */
  readonly ended: Promise<void>;
  /** SIGTERM, and SIGKILL when the time is over. @param graceMs the container's own unless given. */
  stop(graceMs?: number): void;
}

/** Starts a container. */
export function startContainer(options: ContainerOptions): Container {
  const { container, mark, ports, watchdog } = options;
  let status: ContainerView['status'] = 'PENDING';
  let exitCode: number | undefined;
  let reason: string | undefined;
  let health: ContainerView['health'] = 'UNKNOWN';
  let lastLines: readonly string[] = [];
  let firstLineAt = Number.POSITIVE_INFINITY;
  let killTimer: NodeJS.Timeout | undefined;
  const startedAt = performance.now();
  const child = start(options);
  const kill = (): void => void signalTree(child.pid, mark, 'SIGKILL');
  if (child.pid !== undefined) watchdog.watch(child.pid, mark);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    tellLines(stream, (line) => {
      firstLineAt = Math.min(firstLineAt, performance.now());
      if (line.trim() !== '') lastLines = [...lastLines, line.trim()].slice(-LAST_LINES);
      options.onLine(line);
    });
  }
  const unwatch = watchContainer(options, (found) => {
    health = found;
    options.onChange();
  });
  const ended = exitOf(child).then((end) => {
    clearTimeout(killTimer);
    unwatch();
    ({ exitCode, reason } = end);
    status = 'STOPPED';
    kill();
    if (child.pid !== undefined) watchdog.forget(child.pid);
    options.onChange();
  });
  child.once('spawn', () => {
    if (status === 'PENDING') status = 'RUNNING';
    options.onChange();
  });
  return {
    name: container.name ?? '',
    image: container.image ?? '',
    essential: container.essential ?? true,
    ports,
    ended,
    get status() {
      return status;
    },
    get exitCode() {
      return exitCode;
    },
    get reason() {
      return reason;
    },
    get health() {
      return health;
    },
    get lastLines() {
      return lastLines.join(' ').slice(-MAX_LAST_CHARACTERS);
    },
    get isSteady() {
      if (status !== 'RUNNING') return false;
      if (container.healthCheck !== undefined) return health === 'HEALTHY';
      const now = performance.now();
      return now - firstLineAt >= STEADY_MS || now - startedAt >= SILENT_STEADY_MS;
    },
    stop(graceMs) {
      if (status === 'STOPPED') return;
      // A container's first process alone is told (`docker stop`).
      child.kill('SIGTERM');
      const own = container.stopTimeout === undefined ? undefined : container.stopTimeout * 1000;
      clearTimeout(killTimer);
      killTimer = setTimeout(kill, Math.min(own ?? STOP_TIMEOUT_MS, graceMs ?? Infinity));
    },
  };
}

function start({ container, env, folder }: ContainerOptions): ChildProcess {
  return spawn(process.execPath, [builtProgram('cli.js'), ...pubsubArguments(container)], {
    cwd: container.workingDirectory ?? folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what it starts is ended with it.
    detached: true,
  });
}

/** Waits until a process has ended and everything that it printed is read. */
async function exitOf(child: ChildProcess) {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const killed = signal === null ? undefined : (EXIT_CODES[signal] ?? 128);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    return { exitCode: code ?? killed, reason: undefined };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { exitCode: undefined, reason: `CannotStartContainerError: ${message}` };
  }
}
