import { Argument, type Command } from 'commander';
import type { PlatformLogLine } from '../../lib/platform/run/logs.ts';
import { SERVICE_NAMES, type ServiceName } from '../../lib/platform/service/names.ts';
import { EXIT, usageError } from '../../lib/rules/errors.ts';
import { renderPlatformLog } from '../../lib/ui/platform.ts';
import { addExamples, type Runner } from '../command.ts';

/** Lines that are shown unless told. */
const LOG_LINES = 50;

/** `pubsub platform logs [service]` */
export function defineLogs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform logs', 'pubsub platform logs orders --follow', 'pubsub platform logs --json'],
    'pubsub platform status',
  )
    .addArgument(new Argument('[service]', 'whose log; all unless given').choices(SERVICE_NAMES))
    .option('--lines <n>', 'lines to show', String(LOG_LINES))
    .option('-f, --follow', 'go on with what is logged, until Ctrl-C')
    .action((name: ServiceName | undefined, flags: { lines: string; follow?: boolean }) =>
      run(command, async ({ io, printer, settings }) => {
        const most = readLines(flags.lines);
        const { followPlatformLogs, readPlatformLogs } = await import(
          '../../lib/platform/run/logs.ts'
        );
        const services = name === undefined ? SERVICE_NAMES : [name];
        const show = (line: PlatformLogLine): void => {
          const { facts, ...rest } = line;
          printer.record({ ...rest, ...facts });
          printer.text(renderPlatformLog(line, printer.style));
        };
        const lines = readPlatformLogs(settings.stateDir, services, most);
        if (lines.length === 0) printer.note('No log yet. Start it with: pubsub platform up');
        for (const line of lines) show(line);
        if (flags.follow) {
          printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
          await followPlatformLogs(settings.stateDir, services, io.interrupts.stop, show);
        }
        return EXIT.done;
      }),
    );
}

function readLines(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw usageError(`--lines must be a whole number, not "${text}".`, '--lines 50');
}
