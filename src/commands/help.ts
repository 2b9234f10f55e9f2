import type { Command, Help } from 'commander';

/** The group that the global flags stand in. */
export const GLOBAL_OPTIONS = 'Global options:';

/** Examples of a command, one a line. */
const examples = new WeakMap<Command, readonly string[]>();

/** Keeps a command's examples for its help. */
export function setExamples(command: Command, lines: readonly string[]): void {
  examples.set(command, lines);
}

/** The commands by what one wants to do; those that stand nowhere come last. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['Start here', ['demo', 'init', 'setup', 'adopt', 'cleanup', 'export']],
  ['Send and receive', ['publish', 'listen', 'run', 'tap', 'wait', 'replay', 'serve']],
  ['See what is there', ['status', 'ls', 'trace', 'explain', 'ui']],
  ['Find and fix problems', ['doctor', 'dlq', 'outbox']],
  [
    'Deploy and measure',
    ['functions', 'tables', 'deploy', 'alarms', 'cost', 'platform', 'iam', 'bench'],
  ],
  ['Engine and settings', ['local', 'whoami', 'use', 'trust', 'completion']],
];

interface Item {
  readonly term: string;
  readonly description: string;
}

/**
 * The help of a command: what it is in a line, examples, usage, its arguments, subcommands and flags.
 * @param all whether to show the global flags too; the root always does.
 */
export function formatHelp(command: Command, helper: Help, all: boolean): string {
  const width = helper.padWidth(command, helper);
  const section = (title: string, items: readonly Item[]): string[] =>
    items.length === 0
      ? []
      : [
          '',
          `${title}:`,
          ...items.map(({ term, description }) =>
            helper.formatItem(term, width, description, helper),
          ),
        ];
  const options = helper.visibleOptions(command);
  const describe = (option: (typeof options)[number]): Item => ({
    term: helper.optionTerm(option),
    description: helper.optionDescription(option),
  });
  const isGlobal = (option: (typeof options)[number]): boolean =>
    option.helpGroupHeading === GLOBAL_OPTIONS || option.long === '--help';
  const isRoot = command.parent === null;
  const lines = examples.get(command) ?? [];
  return [
    capitalised(helper.commandDescription(command)),
    ...(lines.length > 0 ? ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)] : []),
    '',
    `Usage: ${helper.commandUsage(command)}`,
    ...section(
      'Arguments',
      helper.visibleArguments(command).map((argument) => ({
        term: helper.argumentTerm(argument),
        description: helper.argumentDescription(argument),
      })),
    ),
    ...commandGroups(command, helper).flatMap(([title, items]) => section(title, items)),
    ...section('Options', options.filter((option) => !isGlobal(option)).map(describe)),
    ...(isRoot || all
      ? section('Global options', options.filter(isGlobal).map(describe))
      : ['', 'Flags of all commands: pubsub --help, or add --all here.']),
    '',
  ].join('\n');
}

/** A command's subcommands with their titles: the root's in groups. */
function commandGroups(command: Command, helper: Help): (readonly [string, readonly Item[]])[] {
  const children = new Map<string, Item>();
  for (const child of helper.visibleCommands(command)) {
    const item = { term: child.name(), description: helper.subcommandDescription(child) };
    children.set(child.name(), item);
  }
  if (command.parent !== null) return [['Commands', [...children.values()]]];
  const grouped = GROUPS.map(([title, names]) => {
    const items = names.flatMap((name) => children.get(name) ?? []);
    for (const name of names) children.delete(name);
    return [title, items] as const;
  });
  return [...grouped, ['More', [...children.values()]]];
}

function capitalised(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
