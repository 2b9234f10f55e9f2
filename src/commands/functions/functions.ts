import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineInvoke } from './invoke.ts';
import { defineLogs } from './logs.ts';
import { defineLs } from './ls.ts';

/** `pubsub functions ls|logs|invoke`: the Lambda functions of the topology. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub functions ls',
      'pubsub functions logs OrderProcessor --follow',
      'pubsub functions invoke OrderProcessor',
    ],
    'pubsub listen <subscriber>, to see what a function does with each message',
  );
  defineLs(addSubcommand(command, 'ls', 'list them, and what each takes from'), run);
  defineLogs(addSubcommand(command, 'logs', 'show what a function printed'), run);
  defineInvoke(addSubcommand(command, 'invoke', 'call one, and show what it answers'), run);
}
