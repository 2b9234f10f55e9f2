import type { Command } from 'commander';
import type { LogLine } from '../../lib/functions/log-lines.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { logRecord, renderLogLine } from '../../lib/ui/function-log.ts';
import { nameWidth, subscriberLabel } from '../../lib/ui/subscriber-label.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { reading } from '../reading.ts';
import { stackThere } from './choose-stack.ts';

interface LogsFlags {
  readonly follow?: boolean;
  readonly since: string;
}

/** `pubsub deploy logs [style]` */
export function defineLogs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub deploy logs', 'pubsub deploy logs --since 1h', 'pubsub deploy logs --follow --json'],
    'pubsub functions logs <function>, for one of them',
  )
    .argument('[style]', 'of the stack, where there are several')
    .option('-f, --follow', 'go on with what they print, until Ctrl-C')
    .option('--since <time>', 'from so long ago on, such as 30m or 2d', '10m')
    .action((word: string | undefined, flags: LogsFlags) =>
      run(command, (context) => logs(command, context, word, flags)),
    );
}

async function logs(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  { follow = false, since }: LogsFlags,
): Promise<ExitCode> {
  const { io, printer } = context;
  const seconds = parseDuration('--since', since);
  const { place, deployed } = await stackThere(command, context, word);
  const { stackLogs } = await import('../../lib/deploy/stack-logs.ts');
  const groups = await reading(context, 'Reading the stack', () => stackLogs(place.aws, deployed));
  if (groups.length === 0) {
    printer.note(`Nothing of the stack ${deployed.name} writes a log.`);
    return EXIT.done;
  }
  const width = nameWidth(groups.map(({ name }) => name));
  const show = (name: string, line: LogLine): void => {
    printer.record(logRecord(name, line));
    const room = io.stdout.isTTY ? printer.columns - width - 3 : Number.POSITIVE_INFINITY;
    const shown = renderLogLine(line, printer.style, room, { all: printer.verbose });
    for (const each of shown)
      printer.text(`${subscriberLabel(name, printer.style, width)} ${each}`);
  };
  const { followGroup, readGroup } = await import('../../lib/functions/follow-log.ts');
  const range = { since: Date.now() - seconds * 1000 };
  if (follow) {
    printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
    const { stop: signal } = io.interrupts;
    await Promise.all(
      groups.map(async ({ name, group }) => {
        for await (const line of followGroup(place.aws, group, { ...range, signal })) {
          show(name, line);
        }
      }),
    );
    return EXIT.done;
  }
  const lines = await reading(context, 'Reading the logs', async () => {
    const read = groups.map(async ({ name, group }) =>
      (await readGroup(place.aws, group, range)).map((line) => ({ name, line })),
    );
    return (await Promise.all(read)).flat().sort((a, b) => a.line.time - b.line.time);
  });
  for (const { name, line } of lines) show(name, line);
  if (lines.length === 0) printer.note(`Nothing in the last ${since}. See --since and --follow.`);
  return EXIT.done;
}
