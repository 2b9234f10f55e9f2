import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../process/make-folder.ts';
import { type Env, stateDirectory } from './folders.ts';

/** Files that are kept; older ones go. */
const MAX_FILES = 20;

/**
 * Keeps what a run had to say and nobody could read, in a file of `<state folder>/unread`: its terminal was closed, or
 * the reader of its output went away. Never throws: there is nobody left to tell.
 * @param argv the words after the program's name. @param text what stderr didn't take.
 */
export function keepUnreadOutput(env: Env, argv: readonly string[], text: string): void {
  try {
    const folder = unreadFolder(stateDirectory(env));
    makeFolder(folder, { mode: 0o700 });
    const time = new Date().toISOString();
    const name = `${time.replaceAll(':', '.')}-${commandOf(argv)}-${process.pid}.log`;
    const words = withoutSecrets(argv).join(' ');
    writeFileSync(join(folder, name), `${time} pubsub ${words}\n${text}`, { mode: 0o600 });
    const names = readdirSync(folder).sort();
    for (const old of names.slice(0, -MAX_FILES)) rmSync(join(folder, old), { force: true });
  } catch {
    // Its exit code says that it failed.
  }
}

/** Flags whose values give access to something, with their value where it is in the same word. */
const SECRET_FLAG = /^(--(?:token|forward-secret|database-url))(=.*)?$/s;

/** The words of a command line that may be kept: no token, no password. */
function withoutSecrets(argv: readonly string[]): string[] {
  return argv.map((word, at) => {
    const [, before, value] = SECRET_FLAG.exec(argv[at - 1] ?? '') ?? [];
    if (before !== undefined && value === undefined) return '…';
    const [, flag, own] = SECRET_FLAG.exec(word) ?? [];
    if (own !== undefined) return `${flag}=…`;
    // A URL with a password, such as --endpoint-url takes.
    return word.replace(/(:\/\/[^/@\s]*:)[^@\s]*@/, '$1…@');
  });
}

/** Files that `keepUnreadOutput` has kept of a command, the oldest first. Never throws. */
export function unreadOutputs(stateDir: string, command: string): string[] {
  const folder = unreadFolder(stateDir);
  try {
    return readdirSync(folder)
      .filter((name) => name.includes(`-${command}-`))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function unreadFolder(stateDir: string): string {
  return join(stateDir, 'unread');
}

function commandOf(argv: readonly string[]): string {
  return argv.find((word) => /^[a-z]+$/.test(word)) ?? 'pubsub';
}
