import type { Command } from 'commander';
import type { ExitCode } from '../../lib/rules/errors.ts';
import { logGroupOf } from '../../lib/rules/functions.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { addLogsOptions, type LogsFlags, readLogsRequest, showLogs } from '../show-logs.ts';
import { topologyFor } from '../topology.ts';
import { functionOnTarget } from './choose.ts';

/** `pubsub functions logs [function]` */
export function defineLogs(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub functions logs',
      'pubsub functions logs OrderProcessor --since 1h',
      'pubsub functions logs --follow --json',
    ],
    'pubsub functions ls',
  ).argument('[function]', 'of the topology, or any of the target by name or ARN');
  addLogsOptions(command, 'what it prints').action((word: string | undefined, flags: LogsFlags) =>
    run(command, (context) => logs(context, word, flags)),
  );
}

async function logs(
  context: CommandContext,
  word: string | undefined,
  flags: LogsFlags,
): Promise<ExitCode> {
  const request = readLogsRequest(flags);
  const { key, name } = await functionOnTarget(context, await topologyFor(context), word);
  const { aws } = await reading(context, undefined, () => connect(context));
  return showLogs(context, aws, [{ name: key, group: logGroupOf(name) }], request);
}
