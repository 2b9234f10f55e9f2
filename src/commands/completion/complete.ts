import type { Option } from 'commander';
import { namesAtHand } from '../../lib/config/names-at-hand.ts';
import {
  answerLines,
  type CompletionAnswer,
  type OfferedWord,
  typedWords,
} from '../../lib/ui/completion.ts';
import type { Io } from '../../lib/ui/io.ts';
import { ROOT } from '../command.ts';
import type { CommandEntry } from '../index.ts';
import { readTypedLine, type TypedLine } from './typed-words.ts';
import {
  type AtHand,
  fieldFlagsOf,
  type Offer,
  valuesOfArgument,
  valuesOfFlag,
} from './word-values.ts';

/**
 * Answers a completion script: what can stand at the end of a line that is being typed. Never throws and never says
 * anything else: whatever goes wrong, the prompt stays what it is.
 * @param argv the shell, and what it tells of the line. @param commands that the program has.
 */
export async function complete(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  io: Pick<Io, 'env' | 'cwd' | 'stdout'>,
): Promise<void> {
  try {
    const { shell, words } = typedWords(argv);
    const answer = await offeredFor(words, commands, io);
    io.stdout.write(answerLines(shell, words, answer));
  } catch {
    // A Tab that offers nothing.
  }
}

async function offeredFor(
  typed: readonly string[],
  commands: readonly CommandEntry[],
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<CompletionAnswer> {
  const line = await readTypedLine(typed, commands);
  let names: ReturnType<AtHand['names']> | undefined;
  const at: AtHand = {
    io: { env, cwd },
    names: () => {
      names ??= namesAtHand(flagsOf(line), env, cwd);
      return names;
    },
  };
  const { current } = line;
  if (line.openFlag !== undefined) return answer(await valuesOfFlag(line, at), current);
  if (current.startsWith('-'))
    return { kind: 'words', words: starting(await flags(line, at), current) };
  const children = childrenOf(line, commands);
  const offer = children.length > 0 ? [] : await valuesOfArgument(line, at);
  if (typeof offer === 'string') return answer(offer, current);
  const words = [...children, ...offer.map((value) => ({ value }))];
  // Where nothing else can stand, the flags are what can.
  const all = words.length === 0 ? await flags(line, at) : words;
  return { kind: 'words', words: starting(all, current) };
}

function answer(offer: Offer, current: string): CompletionAnswer {
  if (typeof offer === 'string') return { kind: offer, words: [] };
  const words = offer.map((value) => ({ value }));
  return { kind: 'words', words: starting(words, current) };
}

/** Names of subcommands; at the root those of commands, and after `help` too. */
function childrenOf(
  { command, args }: TypedLine,
  commands: readonly CommandEntry[],
): OfferedWord[] {
  const isRoot = command.name() === ROOT;
  const isHelp = isRoot && args.length === 1 && args[0] === 'help';
  if (args.length > 0 && !isHelp) return [];
  if (!isRoot) return command.commands.map((each) => offered(each.name(), each.description()));
  const all = commands.map(({ name, summary }) => offered(name, summary));
  return isHelp ? all : [...all, offered('help', 'show help of a command')];
}

function offered(value: string, description: string): OfferedWord {
  return { value, description };
}

/** The flags that may still come: those that may be repeated, and those that aren't there. */
async function flags(line: TypedLine, at: AtHand): Promise<OfferedWord[]> {
  const { command, path, flags: given } = line;
  const fields = path === 'publish' ? await fieldFlagsOf(line, at) : [];
  const isOpen = ({ long, hidden, parseArg }: Option): boolean =>
    !hidden && (!given.has(long ?? '') || parseArg !== undefined);
  return [
    ...command.options
      .filter(isOpen)
      .map(({ long, description }) => ({ value: long ?? '', description })),
    ...fields.filter((flag) => !given.has(flag)).map((value) => ({ value })),
    { value: '--help', description: 'show help' },
  ];
}

function starting(words: readonly OfferedWord[], current: string): OfferedWord[] {
  return words.filter(({ value }) => value.startsWith(current));
}

/** The flags that say which topology is at hand. */
function flagsOf({ flags: given }: TypedLine) {
  const [topology, prefix] = ['--topology', '--prefix'].map((flag) => given.get(flag)?.at(-1));
  return {
    ...(topology === undefined ? {} : { topology }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}
