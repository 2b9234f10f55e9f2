import type { Command } from 'commander';
import type { Aws } from '../lib/aws/clients.ts';
import type { LogRange, NamedLog } from '../lib/functions/follow-log.ts';
import type { LogLine } from '../lib/functions/log-lines.ts';
import { EXIT, type ExitCode } from '../lib/rules/errors.ts';
import { parseDuration } from '../lib/rules/text/duration.ts';
import { logRecord, renderLogLine } from '../lib/ui/function-log.ts';
import { labelled, nameWidth, unlabelled } from '../lib/ui/subscriber-label.ts';
import type { CommandContext } from './command.ts';
import { reading } from './reading.ts';

/** Flags of a command that shows logs. */
export interface LogsFlags {
  readonly follow?: boolean;
  readonly since: string;
}

/** What is asked for of logs. */
interface LogsRequest {
  readonly follow: boolean;
  readonly range: LogRange;
  /** How far back the range goes, as it was given. */
  readonly since: string;
}

/** Declares `--follow` and `--since`. @param what is followed, for the help. */
export function addLogsOptions(command: Command, what: string): Command {
  return command
    .option('-f, --follow', `go on with ${what}, until Ctrl-C`)
    .option('--since <time>', 'from so long ago on, such as 30m or 2d', '10m');
}

/** @throws AppError (exit 2) for a time that can't be. */
export function readLogsRequest({ follow = false, since }: LogsFlags): LogsRequest {
  return { follow, since, range: { since: Date.now() - parseDuration('--since', since) * 1000 } };
}

/**
 * Prints the lines of logs, those of all logs in the order of their times; or goes on with them until Ctrl-C.
 * @param options.labels whether each line begins with its log's name. @throws AppError of a call that is refused.
 */
export async function showLogs(
  context: CommandContext,
  aws: Aws,
  logs: readonly NamedLog[],
  { follow, range, since }: LogsRequest,
  { labels = false }: { readonly labels?: boolean } = {},
): Promise<ExitCode> {
  const { io, printer } = context;
  const show = linePrinter(context, labels ? logs : undefined);
  const { followLogs, readGroup } = await import('../lib/functions/follow-log.ts');
  if (follow) {
    printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
    const { stop: signal } = io.interrupts;
    const lines = followLogs(aws, logs, { ...range, signal });
    for await (const { name, line } of lines) show(name, line);
    return EXIT.done;
  }
  const what = logs.length === 1 ? 'Reading the log' : 'Reading the logs';
  const lines = await reading(context, what, async () => {
    const read = logs.map(async ({ name, group }) =>
      (await readGroup(aws, group, range)).map((line) => ({ name, line })),
    );
    return (await Promise.all(read)).flat().sort((a, b) => a.line.time - b.line.time);
  });
  for (const { name, line } of lines) show(name, line);
  if (!printer.verbose && lines.some(({ line }) => line.stack)) {
    printer.note(printer.noteStyle.dim('Where errors were thrown: --verbose'));
  }
  if (lines.length === 0) printer.note(`Nothing in the last ${since}. See --since and --follow.`);
  return EXIT.done;
}

/** @param labelledLogs the logs whose names are aligned before their lines; undefined for lines without names. */
function linePrinter(
  { io, printer }: CommandContext,
  labelledLogs: readonly NamedLog[] | undefined,
): (name: string, line: LogLine) => void {
  const width = labelledLogs && nameWidth(labelledLogs.map(({ name }) => name));
  const labelWidth = width === undefined ? 0 : width + ' │ '.length;
  return (name, line) => {
    printer.record(logRecord(name, line));
    // As wide as the terminal is by now.
    const room = io.stdout.isTTY ? printer.columns - labelWidth : Number.POSITIVE_INFINITY;
    const options = { all: printer.verbose };
    const shown = width === undefined ? line : { ...line, text: unlabelled(name, line.text) };
    for (const each of renderLogLine(shown, printer.style, room, options)) {
      printer.text(width === undefined ? each : labelled(name, each, printer.style, width));
    }
  };
}
