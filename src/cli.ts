import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import {
  addGlobalOptions,
  createContext,
  type GlobalFlags,
  globalFlags,
  printerFor,
  ROOT,
  type Runner,
} from './commands/command.ts';
import { refuseEmptyArguments, refuseEmptyValues } from './commands/empty-values.ts';
import { formatHelp, setExamples } from './commands/help.ts';
import { COMMANDS } from './commands/index.ts';
import { closeTransport } from './commands/transport.ts';
import { AppError, EXIT, type ExitCode, usageError } from './lib/rules/errors.ts';
import { fileProblem } from './lib/rules/text/file-problem.ts';
import { nearest } from './lib/rules/text/nearest.ts';
import { shownValue } from './lib/rules/text/shown-text.ts';
import type { Io, Output } from './lib/ui/io.ts';
import { windowSize } from './lib/ui/terminal.ts';
import { fitLine } from './lib/ui/text-width.ts';

declare const PUBSUB_VERSION: string;

/**
 * Runs one command line.
 * @param argv the words after the program's name.
 * @returns the exit code; nothing is thrown.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === COMPLETE) {
    const { complete } = await import('./commands/completion/complete.ts');
    await complete(argv.slice(1), COMMANDS, io);
    return EXIT.done;
  }
  let exitCode: ExitCode = EXIT.done;
  let named: Command | undefined;
  let printer = printerFor(flagsBeforeParsing(argv), io);
  const begin = (command: Command): void => {
    printer = printerFor(globalFlags(command), io);
    refuseEmptyValues(command);
    refuseEmptyArguments(command);
  };
  const run: Runner = async (command, body) => {
    begin(command);
    const context = await createContext(command, io, printer);
    try {
      exitCode = (await body(context)) ?? EXIT.done;
    } finally {
      await closeTransport(context);
    }
  };
  run.plain = async (command, body) => {
    begin(command);
    exitCode = (await body({ io, printer, yes: globalFlags(command).yes ?? false })) ?? EXIT.done;
  };
  try {
    const words = plainWords(argv);
    const program = createProgram(words, io, run);
    program.hook('preSubcommand', (_, command) => {
      named = command;
    });
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    // A command that needs a subcommand and got none: the help that was shown says it all, but to a program.
    if (error instanceof CommanderError && error.code === 'commander.help') {
      if (flagsBeforeParsing(argv).json) printer.failure(missingSubcommand(argv));
      return EXIT.usage;
    }
    const failure = error instanceof CommanderError ? misuse(error, named, argv) : toFailure(error);
    printer.failure(failure);
    return failure.exitCode;
  }
}

function createProgram(argv: readonly string[], io: Io, run: Runner): Command {
  const program = addGlobalOptions(new Command(ROOT))
    .description('Provision, demo, watch, debug and tear down an SNS → SQS fan-out.')
    .version(PUBSUB_VERSION, '-v, --version', 'show the version')
    .addHelpText('after', '\nNext: pubsub demo   or   pubsub <command> --help\n')
    .usage('<command> [options]')
    // So that -v is the version before a command and --verbose behind it.
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(fitted(text, io.stdout)),
      writeErr: (text) => io.stderr.write(fitted(text, io.stderr)),
      getOutHelpWidth: () => windowSize(io.stdout).columns,
      getErrHelpWidth: () => windowSize(io.stderr).columns,
      // Errors are printed by main, in the shape that the flags ask for.
      outputError: () => {},
    });
  setExamples(program, ['pubsub demo', 'pubsub setup', 'pubsub listen all']);
  const all = argv.includes(ALL);
  program.configureHelp({ formatHelp: (command, helper) => formatHelp(command, helper, all) });
  for (const { name, summary } of COMMANDS) {
    program.command(name).description(summary).helpCommand(false);
  }
  // Of the others only the help speaks.
  program.hook('preSubcommand', async (_, command) => {
    const entry = COMMANDS.find(({ name }) => name === command.name());
    (await entry?.load())?.define(command, run);
    addGlobalOptions(command);
    if (all && !command.options.some(({ long }) => long === ALL)) {
      command.addOption(new Option(ALL).hideHelp());
    }
  });
  if (all) program.addOption(new Option(ALL).hideHelp());
  program.helpCommand(false);
  program.action(() => {
    const [word] = program.args;
    if (word === undefined) {
      program.outputHelp();
      return;
    }
    throw unknownCommand(word);
  });
  program.allowExcessArguments(true);
  return program;
}

/** What completion scripts call. */
const COMPLETE = '__complete';

/** With `--help`: the global flags too. */
const ALL = '--all';

/** `version` and `help [command]` as the flags that they stand for. @throws AppError (exit 2) for an unknown command. */
function plainWords(argv: readonly string[]): readonly string[] {
  const [first, second, ...rest] = argv;
  if (first === 'version' && second === undefined) return ['--version'];
  if (first !== 'help') {
    const asksHelp = argv.includes('--help') || argv.includes('-h');
    const isCommand = COMMANDS.some(({ name }) => name === first);
    if (asksHelp && first !== undefined && /^\w/.test(first) && !isCommand)
      throw unknownCommand(first);
    return argv;
  }
  if (second === undefined || second.startsWith('-')) return ['--help', ...argv.slice(1)];
  if (!COMMANDS.some(({ name }) => name === second)) throw unknownCommand(second);
  return [second, ...rest, '--help'];
}

function missingSubcommand(argv: readonly string[]): AppError {
  const name = namedCommand(argv) ?? '';
  return usageError(
    `${ROOT} ${name} needs a word that says what to do.`,
    `See them with: ${ROOT} ${name} --help`,
    'MissingSubcommand',
  );
}

function unknownCommand(word: string): AppError {
  const near = nearest(
    word,
    COMMANDS.map(({ name }) => name),
  );
  return usageError(
    `Unknown command "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    'See all commands: pubsub --help',
    'UnknownCommand',
  );
}

/** Help in lines no wider than the terminal. */
function fitted(text: string, stream: Output): string {
  if (!stream.isTTY) return text;
  const { columns } = windowSize(stream);
  return text
    .split('\n')
    .flatMap((line) => fitLine(line, columns))
    .join('\n');
}

/** The first word that is a command's name. */
function namedCommand(argv: readonly string[]): string | undefined {
  const names = new Set(COMMANDS.map(({ name }) => name));
  return argv.find((word) => names.has(word));
}

/** Enough of the flags to report an error that comes before they are parsed. */
function flagsBeforeParsing(argv: readonly string[]): GlobalFlags {
  return {
    json: argv.includes('--json') || /(^| )(-o|--output)[ =]?json( |$)/.test(argv.join(' ')),
    verbose: argv.includes('--verbose'),
    color: !argv.includes('--no-color'),
  };
}

/**
 * Tells of an error that nobody caught: a bug of ours, or of a module that `--handler` loaded.
 * @param argv the words after the program's name.
 */
export function reportUncaught(argv: readonly string[], io: Io, error: unknown): void {
  const ours = dirname(fileURLToPath(import.meta.url));
  const [, place] = /\(?((?:file:\/\/)?\/[^\s()]+:\d+:\d+)\)?/.exec(errorStack(error)) ?? [];
  const printer = printerFor(flagsBeforeParsing(argv), io);
  if (place === undefined || place.replace('file://', '').startsWith(ours)) {
    printer.failure(toFailure(error));
    return;
  }
  printer.failure(
    new AppError({
      code: 'UncaughtError',
      message: `An error that nothing caught: ${messageOf(error)} (${place.replace('file://', '')})`,
      hint: 'A handler has to catch what it does not wait for. Work in progress is finished first.',
      cause: error,
    }),
  );
}

function errorStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}

/** The message of whatever was thrown. Never throws: an error may have an object for its message. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? (error.message as unknown) : error;
  return typeof message === 'string' ? message : shownValue(message);
}

/** What is wrong with the words of a command. @param named the first command among them, where there is one. */
function misuse(error: CommanderError, named: Command | undefined, argv: readonly string[]) {
  const message = error.message.replace(/^error: /, '').replace(/\n\((.*)\)$/, '. $1');
  const [, flag] = /^unknown option '(--[a-z-]+)=/.exec(message) ?? [];
  const alone = flag === undefined ? '' : `If it takes no value, write ${flag} alone. `;
  const what = error.code === 'commander.unknownCommand' ? 'them' : 'the flags';
  const help = [ROOT, ...wordsOf(named, argv), '--help'].join(' ');
  return usageError(capitalised(message), `${alone}See ${what} with: ${help}`, 'InvalidUsage');
}

/** The words that name a command: `dlq ls` in `--json dlq ls --nonsense`. */
function wordsOf(named: Command | undefined, argv: readonly string[]): readonly string[] {
  const path = named === undefined ? [] : [named];
  for (const word of argv.slice(argv.indexOf(named?.name() ?? '') + 1)) {
    const next = path.at(-1)?.commands.find((command) => command.name() === word);
    if (next !== undefined) path.push(next);
  }
  return path.map((command) => command.name());
}

function toFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { path, syscall } = error as { path?: unknown; syscall?: unknown };
  // Such as a missing TMPDIR.
  if (typeof syscall === 'string' && typeof path === 'string') {
    return new AppError({
      code: 'UnusableFile',
      message: `${path} can't be used: ${fileProblem(error)}.`,
      hint: `Look at the folder: df -h ${dirname(path)}; ls -ld ${dirname(path)}`,
      cause: error,
    });
  }
  return new AppError({
    code: 'InternalError',
    message: `This is a bug in pubsub: ${messageOf(error)}`,
    hint: 'Run it again with --verbose and report what it prints.',
    cause: error,
  });
}

function capitalised(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}
