import { type Command, Option } from 'commander';
import {
  backgroundStatus,
  DEFAULT_PORT,
  followEvents,
  followLog,
  logPath,
  readLog,
  resetState,
  startInBackground,
  stopBackground,
} from '../lib/engine/background.ts';
import { AppError, usageError } from '../lib/model/errors.ts';
import { parseFaults, parseSeed } from '../lib/model/faults.ts';
import { readLogLine, renderLogLine, renderMessageEvent } from '../lib/ui/engine-log.ts';
import { confirm } from '../lib/ui/prompts.ts';
import { addExamples, addGlobalOptions, type CommandContext, type Runner } from './command.ts';

/** Lines that `local logs` shows unless told. */
const LOG_LINES = 50;

/** `pubsub local start|stop|status|logs|reset`: the embedded engine in the background. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub local start',
      'pubsub local status',
      'pubsub local logs --follow',
      'pubsub local stop',
    ],
    'pubsub local start, then pubsub setup',
  );
  defineStart(subcommand(command, 'start', 'start the engine and wait until it answers'), run);
  defineStop(subcommand(command, 'stop', 'stop the engine; its state is kept'), run);
  defineStatus(subcommand(command, 'status', 'say whether it runs, and where'), run);
  defineReset(subcommand(command, 'reset', 'throw its state away, to start afresh'), run);
  defineLogs(subcommand(command, 'logs', 'show its log, or follow each message'), run);
}

function subcommand(parent: Command, name: string, summary: string): Command {
  return addGlobalOptions(parent.command(name).description(summary)).optionsGroup('Options:');
}

function defineStart(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub local start',
      'pubsub local start --port 0',
      'pubsub local start --ephemeral --faults throttle=5%,duplicate=1% --seed 7',
    ],
    'pubsub setup',
  )
    .option('--port <n>', `port on 127.0.0.1; 0 picks a free one (default: ${DEFAULT_PORT})`)
    .option('--ephemeral', 'keep the state in memory only')
    .option('--faults <list>', 'latency=50ms,throttle=5%,duplicate=1%,reorder,error=2%')
    .option('--seed <n>', 'makes the faults repeat')
    .addOption(
      new Option('--no-waits', 'without the 60 s after deleting a queue and between purges'),
    )
    .action((options: StartFlags) =>
      run(command, async ({ printer, settings }) => {
        const wanted = {
          stateDir: settings.stateDir,
          strictTimings: options.waits,
          ...(options.port === undefined ? {} : { port: parsePort(options.port) }),
          ...(options.ephemeral === undefined ? {} : { ephemeral: options.ephemeral }),
          ...(options.faults === undefined ? {} : { faults: parseFaults(options.faults) }),
          ...(options.seed === undefined ? {} : { seed: parseSeed(options.seed) }),
        };
        const progress = printer.progress('Starting the local engine');
        try {
          const { started, running, pid, endpoint, stateDir, ephemeral } =
            await startInBackground(wanted);
          progress.clear();
          if (!started && differs(wanted, { endpoint, ephemeral })) {
            throw new AppError({
              code: 'AlreadyRunning',
              message: `The local engine runs already at ${endpoint} (pid ${pid}), with other options.`,
              hint: 'Stop it first with: pubsub local stop',
            });
          }
          printer.document({ running, pid, endpoint, stateDir, ephemeral });
          const verb = started ? 'Started' : 'Already running:';
          printer.text(`${verb} the local engine at ${endpoint} (pid ${pid})`);
          printer.note(
            ephemeral ? 'State: in memory, gone when it stops' : `State: ${settings.stateDir}`,
          );
          printer.note('Next: pubsub setup');
        } catch (error) {
          progress.clear();
          throw error;
        }
        return undefined;
      }),
    );
}

interface StartFlags {
  readonly port?: string;
  readonly ephemeral?: boolean;
  readonly faults?: string;
  readonly seed?: string;
  readonly waits: boolean;
}

/** Whether an engine that runs already is not the one that was asked for. */
function differs(
  wanted: { port?: number; ephemeral?: boolean; faults?: unknown },
  running: { endpoint: string; ephemeral: boolean },
): boolean {
  const otherPort = Boolean(wanted.port) && new URL(running.endpoint).port !== String(wanted.port);
  const otherKind = wanted.ephemeral !== undefined && wanted.ephemeral !== running.ephemeral;
  return otherPort || otherKind || wanted.faults !== undefined;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw usageError(
      `--port must be a whole number from 0 to 65535, not "${text}".`,
      'pubsub local start --port 0 picks a free one.',
    );
  }
  return port;
}

function defineStop(command: Command, run: Runner): void {
  addExamples(command, ['pubsub local stop'], 'pubsub local start brings its state back').action(
    () =>
      run(command, async ({ printer, settings }) => {
        const outcome = await stopBackground(settings.stateDir);
        printer.document(await backgroundStatus(settings.stateDir));
        printer.text(
          outcome.stopped
            ? `Stopped the local engine (pid ${outcome.pid})`
            : 'No local engine is running; nothing to stop',
        );
        return undefined;
      }),
  );
}

function defineStatus(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local status', 'pubsub local status --json'],
    'pubsub status shows what is in it',
  ).action(() =>
    run(command, async ({ printer, settings }) => {
      const status = await backgroundStatus(settings.stateDir);
      printer.document(status);
      if (status.running) {
        printer.text(`Running at ${status.endpoint} (pid ${status.pid})`);
        printer.text(
          status.ephemeral ? 'State in memory, gone when it stops' : `State in ${status.stateDir}`,
        );
      } else {
        printer.text('Not running. Start it with: pubsub local start');
      }
      return undefined;
    }),
  );
}

function defineReset(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local reset', 'pubsub local reset --yes'],
    'pubsub local start, then pubsub setup',
  ).action(() =>
    run(command, async ({ io, printer, settings, yes }) => {
      const { stateDir } = settings;
      if ((await backgroundStatus(stateDir)).running) {
        throw new AppError({
          code: 'EngineRunning',
          message: `The local engine is running on ${stateDir}.`,
          hint: 'Stop it first with: pubsub local stop',
        });
      }
      const question = `Delete all topics, queues and messages of the local engine in ${stateDir}?`;
      if (!yes && !(await confirm(io, printer, question))) {
        throw new AppError({ code: 'Declined', message: 'Nothing was deleted.' });
      }
      const existed = await resetState(stateDir);
      printer.document({ reset: existed, stateDir });
      printer.text(
        existed ? `Deleted the state in ${stateDir}` : `No state in ${stateDir}; nothing to delete`,
      );
      return undefined;
    }),
  );
}

function defineLogs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local logs', 'pubsub local logs --follow', 'pubsub local logs --follow --json'],
    'pubsub local status',
  )
    .option('--lines <n>', 'lines to show', String(LOG_LINES))
    .option('--follow', 'go on with what happens to each message, until Ctrl-C')
    .action((options: { lines: string; follow?: boolean }) =>
      run(command, async (context) => {
        const { printer, settings } = context;
        const lines = await readLog(settings.stateDir, parseLines(options.lines));
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
    for await (const event of followEvents(status.endpoint, signal)) {
      printer.record(event);
      printer.text(renderMessageEvent(event, printer.style));
    }
  } finally {
    ended.abort();
    await logs;
  }
}

function printLogLine({ printer }: CommandContext, line: string): void {
  printer.record(readLogLine(line) ?? { message: line });
  printer.text(renderLogLine(line, printer.style));
}
