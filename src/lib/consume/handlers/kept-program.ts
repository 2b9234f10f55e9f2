import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventMessage, jsonLine } from '../../events/message.ts';
import { type HandlerContext, handlerGone } from '../consumed.ts';
import {
  killGroup,
  LAST_OUTPUT,
  type ProgramOptions,
  REASON_LINES,
  TERM_GRACE,
} from './program.ts';
import { readAnswers } from './program-answers.ts';

/** How a kept program is spoken to: an event a line, or up to ten events in an array a line. */
export type KeptMode = 'stream' | 'batch';

export interface KeptProgram {
  handle(event: EventMessage, context: HandlerContext): Promise<void>;
  /** Closes its standard input and waits for its end; ends it where that takes too long. */
  close(): Promise<void>;
}

/** Events of a line in batch mode, at the most. */
const BATCH_EVENTS = 10;
/** Processes in a row that end without having answered anything, after which no other is started. */
const BARREN_STARTS = 5;
/** Milliseconds before the second of these; doubled for each after that. */
const RESTART_PAUSE = 100;
/** Milliseconds that a process may take to end when its input is closed. */
const CLOSE_WITHIN = 5000;

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One process, and what it has not answered yet. */
interface Kept {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pending: Map<string, Pending>;
  readonly errors: string[];
  /** Lines that go out together. */
  readonly batch: string[];
  readonly ended: Promise<void>;
  answered: number;
  /** Whether it has ended: nothing answers any more. */
  over: boolean;
  /** Why it is being ended before its time. */
  ending: string | undefined;
}

/**
 * A handler that keeps one process and speaks JSON lines with it. It reads `{"id":"7","event":{…},"facts":{…}}` and
 * writes `{"id":"7","ok":true}` or `{"id":"7","ok":false,"reason":"…"}`, in any order; other lines are its output.
 * In batch mode it reads an array of these a line, and may answer with one. An event that takes too long ends the
 * process with all that is open; a process that ends is started again for the next event, with a bound.
 */
export function keepProgram(options: ProgramOptions, mode: KeptMode): KeptProgram {
  let current: Kept | undefined;
  const living = new Set<Kept>();
  let starting: Promise<Kept> | undefined;
  let barren = 0;
  let lastId = 0;

  const start = async (): Promise<Kept> => {
    if (barren >= BARREN_STARTS) {
      throw handlerGone(`The program ended ${barren} times without an answer.`, 'Check --exec.');
    }
    if (barren > 0) await sleep(RESTART_PAUSE * 2 ** (barren - 1));
    const kept = launch(options, (ended, problem) => {
      if (current === ended) current = undefined;
      living.delete(ended);
      barren = ended.answered > 0 || ended.ending !== undefined ? 0 : barren + 1;
      const reason = [ended.ending ?? problem, ...(ended.ending ? [] : ended.errors)].join('\n');
      for (const { reject } of ended.pending.values()) reject(new Error(reason));
      ended.pending.clear();
    });
    living.add(kept);
    current = kept;
    return kept;
  };
  const ready = (): Promise<Kept> => {
    if (current) return Promise.resolve(current);
    starting ??= start().finally(() => {
      starting = undefined;
    });
    return starting;
  };

  const end = (kept: Kept, why: string): void => {
    if (kept.ending !== undefined) return;
    kept.ending = why;
    if (current === kept) current = undefined;
    killGroup(kept.child.pid, 'SIGTERM');
    const killer = setTimeout(() => killGroup(kept.child.pid, 'SIGKILL'), TERM_GRACE);
    void kept.ended.then(() => {
      clearTimeout(killer);
      // What it has started and left behind goes with it.
      killGroup(kept.child.pid, 'SIGKILL');
    });
  };

  const flush = ({ child, batch }: Kept): void => {
    const lines = batch.splice(0);
    if (lines.length > 0) child.stdin.write(`[${lines.join(',')}]\n`);
  };
  const send = (kept: Kept, line: string): void => {
    if (mode === 'stream') {
      kept.child.stdin.write(`${line}\n`);
      return;
    }
    if (kept.batch.length === 0) setImmediate(flush, kept);
    kept.batch.push(line);
    if (kept.batch.length >= BATCH_EVENTS) flush(kept);
  };

  return {
    async handle(event, { signal, ...facts }) {
      let kept = await ready();
      while (kept.over || kept.ending !== undefined) kept = await ready();
      const to = kept;
      const id = String(++lastId);
      const over = (): void => end(to, 'the program was ended: another event took too long');
      signal.addEventListener('abort', over, { once: true });
      try {
        await new Promise<void>((resolve, reject) => {
          to.pending.set(id, { resolve, reject });
          const body = jsonLine(event);
          const text = `{"id":"${id}","event":${body},"facts":${JSON.stringify(facts)}}`;
          send(to, text);
        });
      } finally {
        signal.removeEventListener('abort', over);
      }
    },
    async close() {
      for (const kept of living) {
        kept.child.stdin.end();
        const timer = setTimeout(() => end(kept, 'it did not end'), CLOSE_WITHIN);
        await kept.ended;
        clearTimeout(timer);
      }
    },
  };
}

/** Starts the process. @param onEnd told once that it ended, and how. */
function launch(options: ProgramOptions, onEnd: (kept: Kept, problem: string) => void): Kept {
  const { program, args, cwd, env, onLine, abort } = options;
  // In a group of its own, a Ctrl-C at the terminal reaches this process alone, which lets it finish.
  const child = spawn(program, args, { cwd, env: { ...env }, stdio: 'pipe', detached: true });
  let settle: () => void = () => {};
  const kept: Kept = {
    child,
    pending: new Map(),
    errors: [],
    batch: [],
    over: false,
    ended: new Promise((resolve) => {
      settle = resolve;
    }),
    answered: 0,
    ending: undefined,
  };
  const { pending, errors } = kept;
  createInterface(child.stdout).on('line', (line) => {
    const answers = readAnswers(line);
    if (answers === undefined) onLine('stdout', line);
    for (const { id, ok, reason } of answers ?? []) {
      const asked = pending.get(id);
      if (!asked) continue;
      pending.delete(id);
      kept.answered++;
      if (ok) asked.resolve();
      else asked.reject(new Error(reason));
    }
  });
  createInterface(child.stderr).on('line', (line) => {
    onLine('stderr', line);
    if (line.trim() !== '') errors.push(line);
    if (errors.length > REASON_LINES) errors.shift();
  });
  const kill = (): void => killGroup(child.pid, 'SIGKILL');
  abort.addEventListener('abort', kill, { once: true });
  const end = (problem: string): void => {
    if (kept.over) return;
    kept.over = true;
    abort.removeEventListener('abort', kill);
    onEnd(kept, problem);
    settle();
  };
  const ended = (code: number | null, by: NodeJS.Signals | null): void =>
    end(by === null ? `exit code ${code} before it answered` : `ended by ${by}`);
  child.on('error', (error) => end(`could not be started: ${error.message}`));
  child.on('close', ended);
  child.on('exit', (code, by) => setTimeout(() => ended(code, by), LAST_OUTPUT).unref());
  // Its end says what became of what it didn't read.
  child.stdin.on('error', () => {});
  return kept;
}
