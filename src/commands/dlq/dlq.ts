import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineExport } from './export.ts';
import { defineImport } from './import.ts';
import { defineLs } from './ls.ts';
import { definePurge } from './purge.ts';
import { defineRedrive } from './redrive.ts';
import { defineShow } from './show.ts';

/** `pubsub dlq ls|show|redrive|purge|export|import`: what consumers could not handle. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub dlq ls',
      'pubsub dlq show ledger',
      'pubsub dlq redrive ledger',
      'pubsub dlq export ledger --to dead.jsonl',
    ],
    'pubsub dlq show ledger, then pubsub dlq redrive ledger',
  );
  defineLs(addSubcommand(command, 'ls', 'count the dead letters of every subscriber'), run);
  defineShow(addSubcommand(command, 'show', 'look at dead letters and why they failed'), run);
  defineRedrive(addSubcommand(command, 'redrive', 'send them back to where they came from'), run);
  definePurge(addSubcommand(command, 'purge', 'drop them, all or chosen ones'), run);
  defineExport(addSubcommand(command, 'export', 'write them as JSON lines, and keep them'), run);
  defineImport(addSubcommand(command, 'import', 'send exported messages to a queue'), run);
}
