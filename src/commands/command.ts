import { type Command, Option } from 'commander';
import { type Flags, resolveSettings, type Settings } from '../lib/config/settings.ts';
import type { ExitCode } from '../lib/rules/errors.ts';
import type { Io } from '../lib/ui/io.ts';
import { createPrinter, type Printer } from '../lib/ui/printer.ts';
import { GLOBAL_OPTIONS, setExamples } from './help.ts';
import { lackOnRabbitMq } from './on-rabbitmq.ts';

/** What every command gets. */
export interface CommandContext {
  readonly io: Io;
  readonly printer: Printer;
  readonly settings: Settings;
  /** `--yes`: the answer to every confirmation. */
  readonly yes: boolean;
  /** What the command lacks on RabbitMQ, as a sentence. */
  readonly onRabbitMq: string;
}

/** A subcommand's file: how it looks on the command line, and how it runs. */
export interface CommandModule {
  /** Declares arguments, flags and help; MUST end with `command.action(...)`. */
  define(command: Command, run: Runner): void;
}

/** A command's context before any settings are read. */
export type PlainContext = Omit<CommandContext, 'settings' | 'onRabbitMq'>;

/** What a command does; its exit code (0 when undefined) becomes the process's. */
type Body<Context> = (context: Context) => Promise<ExitCode | undefined>;

/** Runs a command's body with its context. */
export interface Runner {
  (command: Command, body: Body<CommandContext>): Promise<void>;
  /** For a command that needs no settings, and works beside a broken pubsub.yaml. */
  plain(command: Command, body: Body<PlainContext>): Promise<void>;
}

/** Flags of every command. */
export interface GlobalFlags extends Flags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly input?: boolean;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly output?: string;
}

/** The program's name, which its root command has. */
export const ROOT = 'pubsub';

/** Declares the global flags; on the root as well, so that they may stand before the command. */
export function addGlobalOptions(command: Command): Command {
  // At the root -v is the version, as people expect it there.
  const verbose = command.name() === ROOT ? '--verbose' : '-v, --verbose';
  command
    .optionsGroup(GLOBAL_OPTIONS)
    .option('--target <name>', 'where to go: local, aws, rabbitmq or amqp://…')
    .option('--endpoint-url <url>', 'any SNS/SQS-compatible server')
    .option('--region <region>', 'AWS region')
    .option('--profile <name>', 'AWS profile')
    .option('--topology <name>', 'which topology (default: orders)')
    .option('--prefix <prefix>', 'put <prefix>- before every resource name')
    .option('--json', 'one JSON document (streams: JSON lines) on stdout')
    .option('-y, --yes', 'answer every confirmation with yes')
    .option('--no-input', 'never prompt')
    .option('--no-color', 'no colour')
    .option('-q, --quiet', 'only results and errors')
    .option(verbose, 'show causes and details')
    .helpOption('-h, --help', 'show this help');
  // Some commands write a file with a flag of this name.
  if (command.options.some(({ long }) => long === '--output')) return command;
  const formats = new Option('-o, --output <format>', 'json or text; -o json is --json');
  return command.addOption(formats.choices(['json', 'text']));
}

/** The global flags of a command, whether they stood before or after its name. */
export function globalFlags(command: Command): GlobalFlags {
  const chain: Command[] = [];
  for (let current: Command | null = command; current; current = current.parent) {
    chain.push(current);
  }
  const merged: Record<string, unknown> = {};
  for (const level of chain.reverse()) {
    for (const [key, value] of Object.entries(level.opts())) {
      // --no-x flags default to true at every level: only an explicit false counts.
      if (level.getOptionValueSource(key) !== 'default') merged[key] = value;
    }
  }
  if (merged.output === 'json') merged.json = true;
  return merged;
}

/** Builds a command's context from its flags. @throws AppError (exit 2) for settings that can't be. */
export async function createContext(
  command: Command,
  io: Io,
  printer: Printer,
): Promise<CommandContext> {
  const flags = globalFlags(command);
  return {
    io,
    printer,
    // What nobody agreed to yet is read by the command that asks for the agreement, and by no other.
    settings: await resolveSettings(flags, io.env, io.cwd, { foreign: command.name() === 'trust' }),
    yes: flags.yes ?? false,
    onRabbitMq: lackOnRabbitMq(command),
  };
}

/** The printer that a command's flags ask for. */
export function printerFor(flags: GlobalFlags, io: Io): Printer {
  return createPrinter(io, {
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    verbose: flags.verbose ?? false,
    color: flags.color ?? true,
    input: flags.input ?? true,
  });
}

/** Gives a command's help its examples and the next step. */
export function addExamples(command: Command, examples: readonly string[], next: string): Command {
  setExamples(command, examples);
  return command.addHelpText('after', `\nNext: ${next}\n`);
}

/** Declares a subcommand with the global flags; its own come first in the help. */
export function addSubcommand(parent: Command, name: string, summary: string): Command {
  return addGlobalOptions(parent.command(name).description(summary)).optionsGroup('Options:');
}

/** Gathers the values of a flag that may be given again. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
