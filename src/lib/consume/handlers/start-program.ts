import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalTree } from '../../process/process-tree.ts';
import { handlerGone } from '../consumed.ts';
import { CHECK_PROGRAM, missingArgument, whyNotRunnable } from './find-program.ts';
import { readOutputLines } from './output-lines.ts';

/** A program that handles events. */
export interface ProgramOptions {
  /** The file to run. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told each line that it prints, cut at `MAX_OUTPUT_LINE`. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
  /** Where its lines go can take no more for now: what resolves when it can. */
  readonly room?: () => Promise<void> | undefined;
  /** Aborted to kill what runs, with all that it has started. */
  readonly abort: AbortSignal;
}

/** How a program ended: undefined for exit code 0, otherwise a sentence. */
export type ProgramEnd = string | undefined;

/** A program that was started. */
export interface RunningProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** The last lines of its stderr. */
  readonly errors: readonly string[];
  /**
   * Resolves when it has ended and its output was read.
   * @throws AppError `HandlerGone` where it can't be run any more.
   */
  readonly ended: Promise<ProgramEnd>;
  /** Ends it with all that it has started: SIGTERM, and SIGKILL 2 s later. */
  end(): void;
}

/** Lines of stderr that make up a failure's reason, and characters of each. */
const REASON_LINES = 5;
const REASON_LINE = 2000;
/** Milliseconds between SIGTERM and SIGKILL. */
const TERM_GRACE_MS = 2000;
/** Milliseconds that output of an ended program is waited for: something it left behind may hold the pipes. */
const LAST_OUTPUT_MS = 1000;
/** Exit codes of shells and `env` for what can't be executed or isn't there (POSIX, "Exit Status for Commands"). */
const NOT_RUN = [126, 127];
/** What passes by itself: too many processes or files, no memory, a program that is being written. */
const PASSING = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETXTBSY']);
/** Starts that are tried while that lasts; the first pause in milliseconds, doubled each time. */
const STARTS = 6;
const START_PAUSE_MS = 100;
/** What one event brings about: more in its environment than the system takes. */
const OF_THE_EVENT = new Set(['E2BIG', 'ERR_INVALID_ARG_VALUE']);

/** The variable that marks what a program starts, also what leaves its process group. */
const MARKER = 'PUBSUB_PROGRAM';

let started = 0;
/** What runs, by the signal that kills it. */
const running = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Starts a program.
 * @param facts what its environment has besides.
 * @param onOutput takes a line of stdout; false where it is for `onLine`.
 * @throws AppError `HandlerGone` where it can't be started, for this event or any other; an Error where only this one
 * can't be given to it.
 */
export async function startProgram(
  options: ProgramOptions,
  facts: Readonly<Record<string, string>> = {},
  onOutput: (line: string, isCut: boolean) => boolean = () => false,
): Promise<RunningProgram> {
  const value = `${process.pid}-${++started}`;
  const mark = `${MARKER}=${value}`;
  const child = await spawned(options, { ...options.env, ...facts, [MARKER]: value });
  const errors: string[] = [];
  const { onLine, abort, room } = options;
  const waiting = [
    readOutputLines(child.stdout, {
      onLine: (line, isCut) => onOutput(line, isCut) || onLine('stdout', line),
      ...(room && { room }),
    }),
    readOutputLines(child.stderr, {
      onLine: (line) => {
        onLine('stderr', line);
        if (line.trim() !== '') errors.push(line.slice(0, REASON_LINE));
        if (errors.length > REASON_LINES) errors.shift();
      },
      ...(room && { room }),
    }),
  ];
  // A program that doesn't read its input is not a failure.
  child.stdin.on('error', () => {});
  let strays: readonly number[] = [];
  const kill = (): void => void signalTree(child.pid, mark, 'SIGKILL', strays);
  const forget = killWith(abort, kill);
  let killer: NodeJS.Timeout | undefined;
  const ended = endOf(child, () => waiting.some((waits) => waits())).then((end) => {
    forget();
    if (killer !== undefined) {
      clearTimeout(killer);
      // What it has started and left behind goes with it.
      kill();
    }
    return sentenceOf(end, options, errors);
  });
  // Watched by whoever waits for it.
  ended.catch(() => {});
  return {
    child,
    errors,
    ended,
    end: () => {
      if (killer !== undefined) return;
      strays = signalTree(child.pid, mark, 'SIGTERM');
      killer = setTimeout(kill, TERM_GRACE_MS);
    },
  };
}

/** Spawns a program, again where what hinders it may pass. */
async function spawned(
  { program, args, cwd }: ProgramOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ChildProcessWithoutNullStreams> {
  for (let tries = 1; ; tries++) {
    try {
      // In a group of its own, a Ctrl-C at the terminal reaches this process alone, which lets it finish.
      const child = spawn(program, args, { cwd, env, stdio: 'pipe', detached: true });
      if (child.pid !== undefined) return child;
      await new Promise((_, reject) => child.on('error', reject));
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (OF_THE_EVENT.has(code)) throw new Error(`could not be started: ${message}`);
      if (!PASSING.has(code) || tries === STARTS) {
        const why = whyNotRunnable(program, env.PATH ?? '', cwd);
        throw handlerGone(
          `${why?.message ?? `${program} could not be started: ${message}.`} The events were given back.`,
          why?.hint ?? CHECK_PROGRAM,
        );
      }
      await sleep(START_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

interface Exit {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
}

/** Resolves when a program has ended and its output was read, as far as nothing that it left behind holds the pipes. */
function endOf(child: ChildProcessWithoutNullStreams, waits: () => boolean): Promise<Exit> {
  return new Promise((resolve) => {
    let lastOutputAt = 0;
    const note = (): void => {
      lastOutputAt = performance.now();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    let timer: NodeJS.Timeout | undefined;
    const over = (code: number | null, by: NodeJS.Signals | null): void => {
      clearInterval(timer);
      resolve({ code, by });
    };
    child.on('close', over);
    child.on('exit', (code, by) => {
      note();
      timer = setInterval(() => {
        if (!waits() && performance.now() - lastOutputAt >= LAST_OUTPUT_MS) over(code, by);
      }, LAST_OUTPUT_MS / 4);
    });
  });
}

/** @throws AppError `HandlerGone` where the way it ended says that it can't be run any more. */
function sentenceOf(
  { code, by }: Exit,
  { program, args, cwd, env }: ProgramOptions,
  errors: readonly string[],
): ProgramEnd {
  if (code === 0) return undefined;
  if (by !== null) return `ended by ${by}`;
  const why =
    missingArgument(args, cwd) ??
    (NOT_RUN.includes(code ?? 0)
      ? (whyNotRunnable(program, env.PATH ?? '', cwd) ?? {
          message: `${program} ended with exit code ${code}, which means that a program can't be run: ${errors.at(-1) ?? 'nothing on stderr'}.`,
          hint: `${CHECK_PROGRAM} It may be one of the programs that it starts.`,
        })
      : undefined);
  if (why) throw handlerGone(`${why.message} The events were given back.`, why.hint);
  return `exit code ${code}`;
}

/** Has what runs killed when the signal aborts; one listener does for all. @returns what forgets it. */
function killWith(abort: AbortSignal, kill: () => void): () => void {
  const kills = running.get(abort) ?? new Set();
  if (!running.has(abort)) {
    running.set(abort, kills);
    abort.addEventListener('abort', () => {
      for (const each of kills) each();
    });
  }
  kills.add(kill);
  return () => kills.delete(kill);
}
