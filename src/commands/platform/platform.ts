import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineService } from './service.ts';

/** `pubsub platform service`: a shop as services around the topology `platform`. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['PORT=3001 pubsub platform service auth'],
    'pubsub setup --topology platform',
  );
  defineService(
    addSubcommand(command, 'service', 'run one service here, as a container does'),
    run,
  );
}
