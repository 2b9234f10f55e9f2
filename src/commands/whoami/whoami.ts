import type { Command } from 'commander';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type Runner } from '../command.ts';
import { reading } from '../reading.ts';
import { openTransport } from '../transport.ts';

/** `pubsub whoami` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub whoami', 'pubsub whoami --target aws --profile staging', 'pubsub whoami --json'],
    'pubsub setup --dry-run',
  ).action(() =>
    run(command, async (context) => {
      const { identity } = await reading(context, undefined, () => openTransport(context));
      const { printer } = context;
      const { target, account, arn, region, endpoint } = identity;
      printer.document(targetDocument(identity));
      const row = (label: string, value: string | undefined): void =>
        printer.text(`${printer.style.dim(label.padEnd(9))} ${value ?? '-'}`);
      row('target', target);
      row('account', account);
      row('arn', arn);
      row('region', region);
      row('endpoint', endpoint);
      return undefined;
    }),
  );
}
