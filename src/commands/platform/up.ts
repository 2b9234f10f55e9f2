import type { Command } from 'commander';
import { EXIT } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';
import { parsePort } from '../port-flag.ts';
import { bringUp } from './bring-up.ts';

/** The gateway's port unless told otherwise. */
const DEFAULT_PORT = 8080;

/** `pubsub platform up` */
export function defineUp(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform up', 'pubsub platform up --port 0', 'pubsub platform up --target rabbitmq'],
    'pubsub platform status',
  )
    .option('--port <n>', 'port of the gateway; 0 picks a free one', String(DEFAULT_PORT))
    .action((flags: { port: string }) =>
      run(command, async (context) => {
        const status = await bringUp(context, {
          port: parsePort(flags.port, 'pubsub platform up --port 0 picks a free one.'),
        });
        const { printer } = context;
        printer.document(status);
        const { url, services } = status;
        printer.text(`Running: ${services.length} services${url ? `, the gateway at ${url}` : ''}`);
        printer.note('Next: pubsub platform status   or   pubsub platform logs --follow');
        return EXIT.done;
      }),
    );
}
