import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { logRecord, renderLogLine } from '../../lib/ui/function-log.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { functionOnTarget } from './choose.ts';

interface LogsFlags {
  readonly follow?: boolean;
  readonly since: string;
}

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
  )
    .argument('[function]', 'of the topology, or any of the target by name or ARN')
    .option('-f, --follow', 'go on with what it prints, until Ctrl-C')
    .option('--since <time>', 'from so long ago on, such as 30m or 2d', '10m')
    .action((word: string | undefined, flags: LogsFlags) =>
      run(command, (context) => logs(context, word, flags)),
    );
}

async function logs(
  context: CommandContext,
  word: string | undefined,
  { follow = false, since }: LogsFlags,
): Promise<ExitCode> {
  const { io, printer } = context;
  const seconds = parseDuration('--since', since);
  const { key, name } = await functionOnTarget(context, await topologyFor(context), word);
  const { aws } = await reading(context, undefined, () => connect(context));
  const { followLog, readLog } = await import('../../lib/functions/follow-log.ts');
  const show = (line: Parameters<typeof logRecord>[1]): void => {
    printer.record(logRecord(key, line));
    const columns = io.stdout.isTTY ? printer.columns : Number.POSITIVE_INFINITY;
    const shown = renderLogLine(line, printer.style, columns, { all: printer.verbose });
    for (const each of shown) printer.text(each);
  };
  const range = { since: Date.now() - seconds * 1000 };
  if (!follow) {
    const lines = await reading(context, 'Reading the log', () => readLog(aws, name, range));
    for (const line of lines) show(line);
    if (!printer.verbose && lines.some(({ stack }) => stack)) {
      printer.note(printer.noteStyle.dim('Where errors were thrown: --verbose'));
    }
    if (lines.length === 0) printer.note(`Nothing in the last ${since}. See --since and --follow.`);
    return EXIT.done;
  }
  printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
  const { stop } = io.interrupts;
  for await (const line of followLog(aws, name, { ...range, signal: stop })) show(line);
  return EXIT.done;
}
