import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';

const BINARY = join(import.meta.dirname, '../../bin/pubsub.js');

/** A command in a real pseudo-terminal. */
export interface Terminal {
  /** Types characters; `\r` is Enter, `\x03` is Ctrl-C. */
  type(keys: string): void;
  /** All that was printed so far, escape sequences included. */
  output(): string;
  /** Waits until the output, without escape sequences, contains the words or matches. */
  waitFor(words: string | RegExp): Promise<void>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number>;
  /** Makes the window larger or smaller. */
  resize(columns: number, rows: number): void;
  readonly pid: number;
  kill(signal?: string): void;
}

/**
 * Runs the built binary in a pseudo-terminal of 80 by 24.
 * @param env added to PATH alone: the test's own folders belong here.
 */
export function openTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  size: { columns: number; rows: number } = { columns: 80, rows: 24 },
): Terminal {
  const child = spawn(process.execPath, [BINARY, ...args], {
    cols: size.columns,
    rows: size.rows,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env },
  });
  let printed = '';
  const listeners = new Set<() => void>();
  child.onData((data) => {
    printed += data;
    for (const listener of listeners) listener();
  });
  const exited = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => resolve(exitCode));
  });
  return {
    type: (keys) => child.write(keys),
    output: () => printed,
    exited,
    resize: (columns, rows) => child.resize(columns, rows),
    pid: child.pid,
    kill: (signal) => child.kill(signal),
    waitFor: (words) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const text = plain(printed);
          if (typeof words === 'string' ? !text.includes(words) : !words.test(text)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        void exited.then((code) =>
          reject(new Error(`exited with ${code} before ${words} was shown:\n${plain(printed)}`)),
        );
        check();
      }),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character.
const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** Text as it stands on the screen, without colours and cursor movements. */
export function plain(text: string): string {
  return text.replace(ESCAPES, '');
}
