import { setMaxListeners } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import type { Interrupts, Io } from './lib/ui/io.ts';
import type { WatchedOutput } from './lib/ui/outputs.ts';

declare const PUBSUB_VERSION: string;

// `EXIT`, which would have to be loaded before the first signal is listened for.
const FAILED = 1;
const INTERRUPTED = 130;
const CUT_OFF = `✗ process.exit() ended this run before it was done.
  A handler must not call it. What was in progress comes again once its visibility timeout is over.
`;
const LEFT_WAITING = `✗ This is a bug in pubsub: the run ended before it was done.
  Run it again with --verbose and report what it prints.
`;
/** Milliseconds that a run may take to finish what it has in hand after an error that nobody caught. */
const LAST_WORK_MS = 10_000;

/** The process entry: answers `--version` at once, otherwise runs the command line and ends with its exit code. */
export async function runProcess(): Promise<void> {
  // Before anything is loaded: a signal that comes while modules are read asks for an end as one that comes later.
  const interrupts = watchInterrupts();
  const end = watchExit();
  const argv = process.argv.slice(2);
  const { isReaderGone, watchOutput } = await import('./lib/ui/outputs.ts');
  const outputs = (['stdout', 'stderr'] as const).map((name) => ({
    name,
    watched: watchOutput(process[name], interrupts.loseOutput),
  }));
  if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${PUBSUB_VERSION}\n`);
  const exitCode =
    argv.length === 1 && argv[0] === '--version' ? 0 : await runCommand(argv, interrupts);
  await Promise.all(outputs.map(({ watched }) => watched.flushed()));
  const broken = outputs.find(({ watched: { failure } }) => failure && !isReaderGone(failure));
  if (broken !== undefined) {
    process.stderr.write(
      `✗ Not everything could be written to ${broken.name}: ${broken.watched.failure?.message}.\n`,
    );
  }
  const code = exitCode === 0 && broken !== undefined ? FAILED : exitCode;
  if (code !== 0) await keepUnread(argv, outputs[1]?.watched);
  end(code);
}

/**
 * Sees to it that a run that is cut off by somebody else's `process.exit(0)`, such as a handler's, is none that succeeded.
 * @returns what ends the process with an exit code.
 */
function watchExit(): (code: number) => never {
  let isDone = false;
  let isIdle = false;
  process.once('beforeExit', () => {
    isIdle = true;
  });
  process.on('exit', (code) => {
    if (isDone || code !== 0) return;
    process.exitCode = FAILED;
    try {
      writeSync(2, isIdle ? LEFT_WAITING : CUT_OFF);
    } catch {
      // Its exit code says that it failed.
    }
  });
  return (code) => {
    isDone = true;
    process.exit(code);
  };
}

/** Runs a command line; an error that nobody caught ends it as an interrupt does. */
async function runCommand(argv: readonly string[], interrupts: Watched): Promise<number> {
  const [{ main, reportUncaught }, { workingFolder }] = await Promise.all([
    import('./cli.ts'),
    import('./lib/config/working-folder.ts'),
  ]);
  const io: Io = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    interrupts,
  };
  let uncaught = false;
  const onUncaught = (error: unknown): void => {
    if (uncaught) return;
    uncaught = true;
    reportUncaught(argv, io, error);
    interrupts.end();
    setTimeout(() => process.exit(FAILED), LAST_WORK_MS).unref();
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  const exitCode = await main(argv, io);
  return uncaught ? FAILED : exitCode;
}

/** Where neither stdout nor stderr takes it, what a run had to say of its end goes into a file. */
async function keepUnread(
  argv: readonly string[],
  stderr: WatchedOutput | undefined,
): Promise<void> {
  if (!stderr?.unread) return;
  const { keepUnreadOutput } = await import('./lib/config/unread-output.ts');
  keepUnreadOutput(process.env, argv, stderr.unread);
}

interface Watched extends Interrupts {
  /** Asks for an end, as the first signal does. */
  end(): void;
  /** Asks for an end since what is printed can't be written any more. */
  loseOutput(): void;
}

/** The first SIGINT or SIGTERM asks to stop; the second ends the process. A closed terminal asks as well. */
function watchInterrupts(): Watched {
  const stop = new AbortController();
  const abort = new AbortController();
  // Every handler, poll and request may listen.
  setMaxListeners(0, stop.signal, abort.signal);
  let asked = false;
  const onSignal = (): void => {
    if (asked) {
      abort.abort();
      process.exit(INTERRUPTED);
    }
    asked = true;
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // The shell of a closed terminal may tell it a second time: no impatience.
  const isKept = isUnderNohup();
  process.on('SIGHUP', () => {
    if (!isKept) stop.abort();
  });
  return {
    stop: stop.signal,
    abort: abort.signal,
    end: () => stop.abort(),
    // `OUTPUT_LOST` of io.ts.
    loseOutput: () =>
      stop.abort('output lost' satisfies typeof import('./lib/ui/io.ts').OUTPUT_LOST),
  };
}

/**
 * Whether this runs under nohup, which asks for SIGHUP to be ignored. Node sets the signal back when it starts, so that
 * only traces are left: `_`, which bash and zsh set to the program they start, and a standard input that can't be read,
 * which GNU nohup gives in place of a terminal.
 */
function isUnderNohup(): boolean {
  if (/(^|\/)nohup$/.test(process.env._ ?? '')) return true;
  try {
    return /^flags:\t[0-7]*[15]$/m.test(readFileSync('/proc/self/fdinfo/0', 'utf8'));
  } catch {
    return false;
  }
}

await runProcess();
