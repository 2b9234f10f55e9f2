import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineGet } from './get.ts';
import { defineScan } from './scan.ts';

/** `pubsub tables scan|get`: what the DynamoDB tables of the topology hold. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub tables scan', 'pubsub tables scan Orders --json', 'pubsub tables get Orders O1234'],
    'pubsub functions logs, to see what wrote it',
  );
  defineScan(addSubcommand(command, 'scan', 'show the items of a table'), run);
  defineGet(addSubcommand(command, 'get', 'show one item by its key'), run);
}
