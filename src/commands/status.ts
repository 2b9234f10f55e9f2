import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/model/errors.ts';
import { createTopology } from '../lib/model/topology.ts';
import type { Status } from '../lib/ops/status.ts';
import { renderStatus } from '../lib/ui/status-table.ts';
import { targetDocument } from '../lib/ui/target.ts';
import { commandLine } from './again.ts';
import { addExamples, type CommandContext, type Runner } from './command.ts';
import { connect } from './connect.ts';
import { reading } from './reading.ts';

/** `pubsub status` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub status', 'pubsub status --target aws --prefix dev', 'pubsub status --json'],
    'pubsub listen email',
  ).action(() => run(command, (context) => status(command, context)));
}

async function status(command: Command, context: CommandContext): Promise<ExitCode> {
  const { printer, settings } = context;
  const topology = createTopology(settings.topology, settings.prefix);
  const { aws, identity } = await reading(context, undefined, () => connect(context));
  const { readStatus } = await import('../lib/ops/status.ts');
  const found = await reading(context, 'Reading what is there', () =>
    readStatus({ aws, identity, topology }),
  );
  printer.document({ ...targetDocument(identity), ...found });
  const { topic, subscribers } = found;
  if (isNothing(found)) {
    printer.text(`Nothing is set up. Start with: ${commandLine(command, 'setup')}`);
    return EXIT.done;
  }
  for (const line of renderStatus({ ...topic, name: topology.topic }, subscribers, printer.style)) {
    printer.text(line);
  }
  if (
    !topic.exists ||
    subscribers.some(({ subscribed, dlqDepth }) => !subscribed || dlqDepth === null)
  ) {
    printer.note(`Something is missing. Mend it with: ${commandLine(command, 'setup')}`);
  }
  return EXIT.done;
}

function isNothing({ topic, subscribers }: Status): boolean {
  return (
    !topic.exists &&
    subscribers.every(({ queueUrl, dlqDepth }) => queueUrl === null && dlqDepth === null)
  );
}
