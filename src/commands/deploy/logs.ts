import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { reading } from '../reading.ts';
import { addLogsOptions, type LogsFlags, readLogsRequest, showLogs } from '../show-logs.ts';
import { stackThere } from './choose-stack.ts';

/** `pubsub deploy logs [style]` */
export function defineLogs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub deploy logs', 'pubsub deploy logs --since 1h', 'pubsub deploy logs --follow --json'],
    'pubsub functions logs <function>, for one of them',
  ).argument('[style]', 'of the stack, where there are several');
  addLogsOptions(command, 'what they print').action((word: string | undefined, flags: LogsFlags) =>
    run(command, (context) => logs(command, context, word, flags)),
  );
}

async function logs(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: LogsFlags,
): Promise<ExitCode> {
  const request = readLogsRequest(flags);
  const { place, deployed } = await stackThere(command, context, word);
  const { stackLogs } = await import('../../lib/deploy/stack-logs.ts');
  const groups = await reading(context, 'Reading the stack', () => stackLogs(place.aws, deployed));
  if (groups.length === 0) {
    context.printer.note(`Nothing of the stack ${deployed.name} writes a log.`);
    return EXIT.done;
  }
  return showLogs(context, place.aws, groups, request, { labels: true });
}
