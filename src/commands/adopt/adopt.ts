import { basename, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Topology } from '../../lib/definition/topology.ts';
import { EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import type { Existing } from '../../lib/topology/describe/existing.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, globalFlags, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { type Connection, connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { queueName } from '../topology.ts';
import { chooseAll } from './all.ts';
import { manageExisting, manageProject } from './manage.ts';
import { writeFile } from './write.ts';

export interface AdoptFlags {
  readonly queue?: readonly string[];
  readonly all?: boolean;
  readonly manage?: boolean;
  readonly output?: string;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `pubsub adopt <topic>…`: a file that describes what is there, whoever made it. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub adopt payments',
      'pubsub adopt payments refunds --queue acme-audit -o payments.yaml',
      'pubsub adopt --all --target aws',
      'pubsub adopt --manage   # make it yours, for setup and cleanup to change',
    ],
    'pubsub status   or   pubsub doctor',
  )
    .argument('[topics...]', 'names or ARNs of topics, each with the queues behind it')
    .option('--queue <queue>', 'a queue as well: name, URL or ARN; may be repeated', collect)
    .option('--all', 'all topics of the account and region that deliver to queues')
    .option('--manage', 'tag the resources as yours, after asking')
    .option('-o, --output <file>', 'where to write it; - for stdout (default: pubsub.yaml)')
    .addHelpText(
      'after',
      'Reads only, unless --manage is given. The file says "managed: false": commands\nlook at what it describes, setup shows what differs, and cleanup refuses.\n',
    )
    .action((topics: readonly string[], flags: AdoptFlags) =>
      run(command, (context) => adopt(command, context, topics, flags)),
    );
}

async function adopt(
  command: Command,
  context: CommandContext,
  topics: readonly string[],
  flags: AdoptFlags,
): Promise<ExitCode> {
  const { queue = [], all = false, manage = false } = flags;
  const isEmpty = topics.length === 0 && queue.length === 0 && !all;
  if (isEmpty && manage) return manageProject(command, context);
  if (isEmpty) {
    throw usageError(
      'Which topic is to be described?',
      `Such as: ${commandLine(command, 'adopt payments')}. See what is there with: ${commandLine(command, 'ls')}`,
      'MissingTopic',
    );
  }
  const connection = await reading(context, undefined, () => connect(context));
  const existing = await describe(context, connection, topics, flags);
  const { topology, missing } = existing;
  const [gone] = missing;
  if (gone !== undefined || topology.topics.length === 0) {
    throw usageError(
      gone === undefined
        ? `No topic delivers to ${queue.map(queueName).join(', ')}.`
        : `There is no queue "${gone}".`,
      `See what is there with: ${commandLine(command, 'ls')}`,
      gone === undefined ? 'TopicNotFound' : 'QueueNotFound',
    );
  }
  const described = manage ? await manageExisting(context, connection, topology) : topology;
  const path = await writeFile(context, described, flags.output);
  tell(command, context, connection, { existing, topology: described, path });
  return EXIT.done;
}

async function describe(
  context: CommandContext,
  connection: Connection,
  topics: readonly string[],
  { queue = [], all = false }: AdoptFlags,
): Promise<Existing> {
  const [{ describeExisting }, { topicNamed }, { topologyNameOf }] = await Promise.all([
    import('../../lib/topology/describe/existing.ts'),
    import('../../lib/topology/describe/find-topic.ts'),
    import('../../lib/topology/describe/tagged.ts'),
  ]);
  const topicArns: string[] = all ? await chooseAll(context, connection) : [];
  await reading(context, 'Looking for the topics', async () => {
    for (const topic of topics) topicArns.push(await topicNamed(connection, topic));
  });
  const queues = queue.map(queueName);
  return reading(context, 'Reading what is there', () =>
    describeExisting({
      target: connection,
      name: topologyNameOf(topicArns[0] ?? queues[0] ?? ''),
      topicArns: [...new Set(topicArns)],
      queues,
      managed: false,
    }),
  );
}

function tell(
  command: Command,
  { io, printer }: CommandContext,
  { identity }: Connection,
  result: {
    readonly existing: Existing;
    readonly topology: Topology;
    readonly path: string | null;
  },
): void {
  const { existing, topology, path } = result;
  const { name, managed, topics, subscribers } = topology;
  const elsewhere = existing.elsewhere.map(({ endpoint, protocol }) => ({ protocol, endpoint }));
  printer.document({
    ...targetDocument(identity),
    path,
    topology: name,
    managed,
    topics: topics.map(({ key, name: topic, arn }) => ({ key, name: topic, arn: arn ?? null })),
    subscribers: subscribers.map(({ name: subscriber, queue, dlq, subscriptions }) => ({
      name: subscriber,
      queue,
      dlq: dlq ?? null,
      topics: subscriptions.map(({ topic }) => topic),
    })),
    elsewhere,
    redriven: existing.redriven,
    functions: existing.functions,
  });
  for (const { protocol, endpoint } of elsewhere) {
    printer.warn(
      `Left out: a subscription of ${protocol} ${endpoint}, no queue of this account and region.`,
    );
  }
  for (const { topic, queue: to, deadLetterArn } of existing.redriven) {
    printer.warn(
      `Left out: what SNS can't deliver from ${topic} to ${to} goes to ${deadLetterArn}, a dead-letter queue of the subscription.`,
    );
  }
  for (const { queue, functionArn, state } of existing.functions) {
    printer.warn(
      `Left out: ${functionArn} takes from ${queue} (${state}), and a file names a function with its code. Add it under "functions" and as "handler" of the subscriber: docs/functions.md`,
    );
  }
  if (path === null) return;
  const shown = relative(io.cwd, path) || path;
  printer.text(
    `Wrote ${shown}: ${count(topics.length, 'topic')}, ${count(subscribers.length, 'subscriber')}, managed: ${managed}.`,
  );
  const isRead = basename(path) === 'pubsub.yaml' && resolve(io.cwd, 'pubsub.yaml') === path;
  const flagged = globalFlags(command).topology !== undefined;
  printer.note(
    isRead && !flagged
      ? `Next: ${commandLine(command, 'doctor')}`
      : `Commands read the nearest pubsub.yaml: put it there as that.`,
  );
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}
