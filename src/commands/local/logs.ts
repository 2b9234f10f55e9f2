import type { Command } from 'commander';
import {
  backgroundStatus,
  followEvents,
  followLog,
  logPath,
  readLog,
} from '../../lib/engine/background.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { readLogLine, renderLogLine, renderMessageEvent } from '../../lib/ui/engine-log.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';

/** Lines that `local logs` shows unless told. */
const LOG_LINES = 50;

/** `pubsub local logs` */
export function defineLogs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local logs', 'pubsub local logs --follow', 'pubsub local logs --follow --json'],
    'pubsub local status',
  )
    .option('--lines <n>', 'lines to show', String(LOG_LINES))
    .option('-f, --follow', 'go on with what happens to each message, until Ctrl-C')
    .action((options: { lines: string; follow?: boolean }) =>
      run(command, async (context) => {
        const { printer, settings } = context;
        const lines = readLog(settings.stateDir, parseLines(options.lines));
        if (lines.length === 0) printer.note(`No log yet at ${logPath(settings.stateDir)}`);
        for (const line of lines) printLogLine(context, line);
        if (options.follow) await follow(context);
        return undefined;
      }),
    );
}

function parseLines(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw usageError(`--lines must be a whole number, not "${text}".`, '--lines 50');
  }
  return Number(text);
}

async function follow(context: CommandContext): Promise<void> {
  const { io, printer, settings } = context;
  const status = await backgroundStatus(settings.stateDir);
  if (!status.running) {
    throw new AppError({
      code: 'NotRunning',
      message: 'No local engine is running, so there is nothing to follow.',
      hint: 'pubsub local start',
    });
  }
  const ended = new AbortController();
  const signal = AbortSignal.any([io.interrupts.stop, ended.signal]);
  const logs = (async () => {
    for await (const line of followLog(settings.stateDir, signal)) printLogLine(context, line);
  })();
  try {
    const { PUBSUB_TOKEN } = io.env;
    for await (const event of followEvents(status.endpoint, signal, PUBSUB_TOKEN)) {
      printer.record(event);
      printer.text(renderMessageEvent(event, printer.style));
    }
    if (!io.interrupts.stop.aborted) printer.warn(`The engine (pid ${status.pid}) has ended.`);
  } finally {
    ended.abort();
    await logs;
  }
}

function printLogLine({ printer }: CommandContext, line: string): void {
  printer.record(readLogLine(line) ?? { message: line });
  printer.text(renderLogLine(line, printer.style));
}
