import type { Command } from 'commander';
import { addExamples, addSubcommand, type Runner } from '../command.ts';
import { defineDemo } from './demo.ts';
import { defineDown } from './down.ts';
import { defineLogs } from './logs.ts';
import { definePrint } from './print.ts';
import { defineSagas } from './sagas.ts';
import { defineService } from './service.ts';
import { defineStatus } from './status.ts';
import { defineUp } from './up.ts';

/** `pubsub platform demo|up|down|status|logs|print|sagas|service`: a shop as services around the topology `platform`. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub platform demo',
      'pubsub platform up',
      'pubsub platform status',
      'pubsub platform logs orders --follow',
    ],
    'pubsub platform up',
  );
  defineDemo(
    addSubcommand(command, 'demo', 'tell the story of the shop, and check every claim'),
    run,
  );
  defineUp(addSubcommand(command, 'up', 'start every service, each a process of its own'), run);
  defineDown(addSubcommand(command, 'down', 'stop every service; databases are kept'), run);
  defineStatus(addSubcommand(command, 'status', 'show which services run, and where'), run);
  defineLogs(addSubcommand(command, 'logs', 'show what the services log, by time'), run);
  definePrint(
    addSubcommand(command, 'print', 'print what runs it in containers, and watches it'),
    run,
  );
  defineSagas(addSubcommand(command, 'sagas', 'look at orders on their way, and retry them'), run);
  defineService(
    addSubcommand(command, 'service', 'run one service here, as a container does'),
    run,
  );
}
