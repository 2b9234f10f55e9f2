import { type Command, Command as Commander, type Option } from 'commander';
import { addGlobalOptions, ROOT } from '../command.ts';
import type { CommandEntry } from '../index.ts';

/** A command line that is being typed, as far as it goes. */
export interface TypedLine {
  /** The innermost command that is named: the root, a command, or a subcommand. */
  readonly command: Command;
  /** Its names, such as `dlq show`; empty at the root. */
  readonly path: string;
  /** Words that are its arguments. */
  readonly args: readonly string[];
  /** Flags with their values, by long name; several values of one in their order. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** The flag that the word at hand is the value of. */
  readonly openFlag: Option | string | undefined;
  /** The part of the word at hand that counts: behind `--flag=` where it is a value. */
  readonly current: string;
}

/**
 * Reads a command line that is being typed. Loads the command that is named, and no other.
 * @param words after the program's name; the last one is at hand, and may be empty.
 */
export async function readTypedLine(
  words: readonly string[],
  commands: readonly CommandEntry[],
): Promise<TypedLine> {
  const before = words.slice(0, -1);
  let command: Command = addGlobalOptions(new Commander(ROOT));
  let path = '';
  let args: string[] = [];
  const flags = new Map<string, string[]>();
  let openFlag: Option | string | undefined;
  const note = (name: string, value?: string): void => {
    flags.set(name, [...(flags.get(name) ?? []), ...(value === undefined ? [] : [value])]);
  };
  for (const word of before) {
    if (openFlag !== undefined) {
      note(nameOf(openFlag), word);
      openFlag = undefined;
      continue;
    }
    if (/^-./.test(word)) {
      const [flag = '', value] = splitFlag(word);
      const option = optionOf(command, flag);
      note(option?.long ?? flag, value);
      if (value === undefined) openFlag = awaited(command, option, flag);
      continue;
    }
    const inner = args.length > 0 ? undefined : await innerCommand(command, word, commands);
    if (inner === undefined) args.push(word);
    else {
      command = inner;
      path = `${path} ${word}`.trim();
      args = [];
    }
  }
  const typed = words.at(-1) ?? '';
  const [flag = '', value] = /^--[^=]+=/.test(typed) ? splitFlag(typed) : [];
  if (openFlag !== undefined || value === undefined) {
    return { command, path, args, flags, openFlag, current: typed };
  }
  return { command, path, args, flags, openFlag: optionOf(command, flag) ?? flag, current: value };
}

/** The long name of a flag. */
export function nameOf(flag: Option | string): string {
  return typeof flag === 'string' ? flag : (flag.long ?? flag.short ?? '');
}

/** A command's flags, its own and those of every command. */
function optionOf({ options }: Command, flag: string): Option | undefined {
  return options.find(({ long, short }) => long === flag || short === flag);
}

/** What of a flag the next word is the value of; a flag that names a field of an event takes one too. */
function awaited(
  command: Command,
  option: Option | undefined,
  flag: string,
): Option | string | undefined {
  if (option !== undefined) return option.required ? option : undefined;
  return command.name() === 'publish' && flag.startsWith('--') ? flag : undefined;
}

async function innerCommand(
  command: Command,
  word: string,
  commands: readonly CommandEntry[],
): Promise<Command | undefined> {
  const child = command.commands.find((each) => each.name() === word);
  if (child !== undefined || command.name() !== ROOT) return child;
  const entry = commands.find(({ name }) => name === word);
  if (entry === undefined) return undefined;
  const loaded = new Commander(entry.name).description(entry.summary);
  (await entry.load()).define(loaded, RUNS_NOTHING);
  return addGlobalOptions(loaded);
}

const RUNS_NOTHING = Object.assign(async () => {}, { plain: async () => {} });

function splitFlag(word: string): [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
