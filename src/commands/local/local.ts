import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineEnv } from './env.ts';
import { defineLogs } from './logs.ts';
import { defineReset } from './reset.ts';
import { defineRun } from './run.ts';
import { defineStart } from './start.ts';
import { defineStatus } from './status.ts';
import { defineStop } from './stop.ts';

/** `pubsub local start|run|stop|status|env|logs|reset`: the embedded engine. */
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
  defineStart(addSubcommand(command, 'start', 'start the engine and wait until it answers'), run);
  defineRun(addSubcommand(command, 'run', 'run the engine here, with its log on stdout'), run);
  defineStop(addSubcommand(command, 'stop', 'stop the engine; its state is kept'), run);
  defineStatus(addSubcommand(command, 'status', 'say whether it runs, and where'), run);
  defineEnv(addSubcommand(command, 'env', 'print what leads AWS clients to it'), run);
  defineReset(addSubcommand(command, 'reset', 'delete its state, to start from nothing'), run);
  defineLogs(addSubcommand(command, 'logs', 'show its log, or follow each message'), run);
}
