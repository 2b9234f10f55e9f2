import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineRetry } from './retry.ts';
import { defineStatus } from './status.ts';

/** `pubsub outbox status|retry`: order events that are not published yet. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub outbox status', 'pubsub outbox retry', 'pubsub outbox retry --id 41'],
    'pubsub outbox status',
  );
  defineStatus(addSubcommand(command, 'status', 'count what waits, and say what fails'), run);
  defineRetry(addSubcommand(command, 'retry', 'try failing events again at once'), run);
}
