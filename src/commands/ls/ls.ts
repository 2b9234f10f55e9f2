import type { Command } from 'commander';
import type { Wiring } from '../../lib/diagnose/wiring/wiring.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { renderWiring } from '../../lib/ui/wiring.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';

/** `pubsub ls [name]`: topics, queues and who is wired to whom, whoever made them. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub ls', 'pubsub ls payments', "pubsub ls 'acme-*' --verbose", 'pubsub ls --json'],
    'pubsub adopt <topic>   or   pubsub doctor',
  )
    .argument('[name]', 'a topic or queue, * for any characters: it and what it is wired to')
    .addHelpText('after', 'Reads only. --verbose shows every subscription, and filters in full.\n')
    .action((name: string | undefined) => run(command, (context) => ls(command, context, name)));
}

async function ls(
  command: Command,
  context: CommandContext,
  name: string | undefined,
): Promise<ExitCode> {
  const { printer, settings } = context;
  const { aws, identity } = await reading(context, undefined, () => connect(context));
  const [{ readWiring }, { countRequests }] = await Promise.all([
    import('../../lib/diagnose/wiring/read-wiring.ts'),
    import('../../lib/aws/request-counts.ts'),
  ]);
  const counted = countRequests(aws);
  const wiring = await reading(context, 'Reading what is there', () => readWiring(aws, name));
  const requests = Object.values(counted()).reduce((sum, each) => sum + each, 0);
  printer.document({ ...targetDocument(identity), ...wiringDocument(wiring), requests });
  show(command, context, wiring, name);
  if (wiring.unread > 0) {
    printer.warn(
      `There is so much that the details of ${wiring.unread} were not read. Name a topic: ${commandLine(command, 'ls <name>')}`,
    );
  }
  if (settings.target.kind === 'aws') printer.note(printer.noteStyle.dim(`${requests} requests.`));
  return EXIT.done;
}

function show(
  command: Command,
  { printer }: CommandContext,
  wiring: Wiring,
  name: string | undefined,
): void {
  if (wiring.topics.length + wiring.queues.length + wiring.orphans.length === 0) {
    printer.text(
      name === undefined
        ? `There are no topics and no queues. Start with: ${commandLine(command, 'setup')}`
        : `No topic and no queue is called ${name}. See all: ${commandLine(command, 'ls')}`,
    );
    return;
  }
  for (const line of renderWiring(wiring, printer)) {
    printer.text(line);
  }
}

/** The document of `--json`: null where something is unknown or not there. */
function wiringDocument({ topics, queues, orphans, unread }: Wiring): Record<string, unknown> {
  const subscription = (each: Wiring['orphans'][number]) => ({
    arn: each.arn ?? null,
    topicArn: each.topicArn,
    protocol: each.protocol,
    endpoint: each.endpoint,
    queue: each.queue ?? null,
    state: each.state,
    reason: each.reason ?? null,
    filterPolicy: each.filterPolicy === undefined ? null : each.filterPolicy,
    filterPolicyScope: each.filterPolicyScope,
    rawDelivery: each.rawDelivery,
  });
  return {
    topics: topics.map((each) => ({
      ...each,
      subscriptions: each.subscriptions.map(subscription),
    })),
    queues: queues.map((each) => ({
      ...each,
      waiting: each.waiting ?? null,
      inFlight: each.inFlight ?? null,
      deadLetters: each.deadLetters ?? null,
    })),
    orphans: orphans.map(subscription),
    unread,
  };
}
