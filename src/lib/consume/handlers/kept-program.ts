import { setTimeout as sleep } from 'node:timers/promises';
import { type EventMessage, jsonLine } from '../../events/message.ts';
import { type HandlerContext, handlerGone } from '../consumed.ts';
import { CHECK_PROGRAM } from './find-program.ts';
import { MAX_OUTPUT_LINE } from './output-lines.ts';
import { readAnswers } from './program-answers.ts';
import { type ProgramOptions, type RunningProgram, startProgram } from './start-program.ts';

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
const RESTART_PAUSE_MS = 100;
/** Milliseconds that a process may take to end when its input is closed. */
const CLOSE_WITHIN_MS = 5000;

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One process, and what it has not answered yet. */
interface Kept {
  readonly program: RunningProgram;
  readonly pending: Map<string, Pending>;
  /** Lines that go out together. */
  readonly batch: string[];
  /** Resolves when it has ended, and whoever waits for an answer was told. */
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
      throw handlerGone(`The program ended ${barren} times without an answer.`, CHECK_PROGRAM);
    }
    if (barren > 0) await sleep(RESTART_PAUSE_MS * 2 ** (barren - 1));
    const kept = await launch(options, (ended) => {
      if (current === ended) current = undefined;
      living.delete(ended);
      barren = ended.answered > 0 || ended.ending !== undefined ? 0 : barren + 1;
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
    if (current === kept) current = undefined;
    endKept(kept, why);
  };

  const flush = ({ program, batch }: Kept): void => {
    const lines = batch.splice(0);
    if (lines.length > 0) program.child.stdin.write(`[${lines.join(',')}]\n`);
  };
  const send = (kept: Kept, line: string): void => {
    if (mode === 'stream') {
      kept.program.child.stdin.write(`${line}\n`);
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
        kept.program.child.stdin.end();
        const timer = setTimeout(() => end(kept, 'it did not end'), CLOSE_WITHIN_MS);
        await kept.ended;
        clearTimeout(timer);
      }
    },
  };
}

function endKept(kept: Kept, why: string): void {
  if (kept.ending !== undefined) return;
  kept.ending = why;
  kept.program.end();
}

/** Starts the process. @param onEnd told once that it ended, before those who wait for its answers are. */
async function launch(options: ProgramOptions, onEnd: (kept: Kept) => void): Promise<Kept> {
  const pending = new Map<string, Pending>();
  const onOutput = (line: string, isCut: boolean): boolean => {
    if (isCut && /^\s*[[{]/.test(line)) {
      endKept(kept, `its answer was longer than ${MAX_OUTPUT_LINE} characters`);
    }
    const answers = readAnswers(line);
    for (const { id, ok, reason } of answers ?? []) {
      const asked = pending.get(id);
      if (!asked) continue;
      pending.delete(id);
      kept.answered++;
      if (ok) asked.resolve();
      else asked.reject(new Error(reason));
    }
    return answers !== undefined;
  };
  const program = await startProgram(options, {}, onOutput);
  const tell = (why: unknown): void => {
    kept.over = true;
    onEnd(kept);
    for (const { reject } of pending.values()) reject(why);
    pending.clear();
  };
  const kept: Kept = {
    program,
    pending,
    batch: [],
    over: false,
    answered: 0,
    ending: undefined,
    ended: program.ended.then(
      (problem) => {
        const { ending } = kept;
        const early = `${problem ?? 'exit code 0'}${problem?.startsWith('ended by') ? '' : ' before it answered'}`;
        tell(new Error([ending ?? early, ...(ending ? [] : program.errors)].join('\n')));
      },
      (gone: unknown) => tell(gone),
    ),
  };
  return kept;
}
