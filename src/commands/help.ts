import type { Command, Help } from 'commander';

/**
 * The help of a command: usage, what it is, its arguments, its subcommands, its own options, and the global ones last.
 * Commander alone would put subcommands after all options.
 */
export function formatHelp(command: Command, helper: Help): string {
  const width = helper.padWidth(command, helper);
  const section = (
    title: string,
    items: readonly { term: string; description: string }[],
  ): string[] =>
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
  const describe = (option: (typeof options)[number]) => ({
    term: helper.optionTerm(option),
    description: helper.optionDescription(option),
  });
  const isGlobal = (option: (typeof options)[number]): boolean =>
    option.helpGroupHeading === GLOBAL_OPTIONS || option.long === '--help';
  return [
    `Usage: ${helper.commandUsage(command)}`,
    '',
    capitalised(helper.commandDescription(command)),
    ...section(
      'Arguments',
      helper.visibleArguments(command).map((argument) => ({
        term: helper.argumentTerm(argument),
        description: helper.argumentDescription(argument),
      })),
    ),
    ...section(
      'Commands',
      helper.visibleCommands(command).map((child) => ({
        term: child.name(),
        description: helper.subcommandDescription(child),
      })),
    ),
    ...section('Options', options.filter((option) => !isGlobal(option)).map(describe)),
    ...section('Global options', options.filter(isGlobal).map(describe)),
    '',
  ].join('\n');
}

/** The group that the global flags stand in. */
export const GLOBAL_OPTIONS = 'Global options:';

function capitalised(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
