import type { Command } from 'commander';
import { DEFAULT_TOPOLOGY } from '../lib/config/settings.ts';
import {
  findTopology,
  knownTopologyNames,
  refuseUnknown,
  shippedTopologyNames,
} from '../lib/config/topology.ts';
import { chooseTopic } from '../lib/definition/find.ts';
import type { SubscriberSpec, TopicSpec, Topology } from '../lib/definition/topology.ts';
import { AppError, usageError } from '../lib/rules/errors.ts';
import { parseArn } from '../lib/rules/names.ts';
import { shownText } from '../lib/rules/text/shown-text.ts';
import type { CommandContext } from './command.ts';
import { connect } from './connect.ts';
import { reading } from './reading.ts';

/** A flag that says which topic is meant. */
export interface TopicFlag {
  readonly topic?: string;
}

/** Flags that say which topic or queue is meant, of the topology or for one look. */
export interface ResourceFlags extends TopicFlag {
  readonly queue?: string;
  /** Whether the target is not to be asked. */
  readonly offline?: boolean;
}

/** Declares `--topic`, for commands that work on one topic. */
export function addTopicOption(command: Command): Command {
  return command.option('--topic <topic>', 'a topic by key, name or ARN, in pubsub.yaml or not');
}

/** Declares `--topic` and `--queue`. */
export function addResourceOptions(command: Command): Command {
  return addTopicOption(command).option(
    '--queue <queue>',
    'a queue by name, URL or ARN, in pubsub.yaml or not',
  );
}

/**
 * The topology that a command works on: the project's, one that comes with the package, or one that the target has by
 * its tags. With a flag, the part of it that is meant; where it has none such, what is there on the target under that
 * name, described for one look and never changed.
 * @throws AppError (exit 2) for a topology that nobody knows, or that can't be; `TopicNotFound` or `QueueNotFound`.
 */
export async function topologyFor(
  context: CommandContext,
  flags: ResourceFlags = {},
): Promise<Topology> {
  const { settings } = context;
  const { topic, queue } = flags;
  const written = await findTopology(settings);
  if (topic === undefined && queue === undefined) {
    // RabbitMQ lists what a topology has by its name alone.
    if (settings.target.kind === 'rabbitmq') return written ?? refuseUnknown(settings);
    if (flags.offline && written === undefined) {
      throw usageError(
        `There is no topology "${settings.topology}" here, and the target is not asked with --offline.`,
        `Leave --offline out, or choose one of: ${knownTopologyNames(settings).join(', ')}`,
        'UnknownTopology',
      );
    }
    return written ?? (await taggedTopology(context)) ?? refuseUnknown(settings);
  }
  const isOther = await isOfOtherTopology(context, written, flags);
  const part = written && !isOther && partOf(written, { topic, queue });
  if (part) return part;
  if (flags.offline) {
    throw usageError(
      `The file has no ${topic === undefined ? `queue "${queue}"` : `topic "${topic}"`}, and the target is not asked with --offline.`,
      'Leave --offline out, or choose one of the file.',
    );
  }
  return lookAt(context, { topic, queue });
}

/**
 * Whether an ARN or URL is that of another account or region than the topology's own resources.
 * @throws AppError (exit 2) for a queue there: SQS answers for queues of one's own account alone.
 */
async function isOfOtherTopology(
  context: CommandContext,
  written: Topology | undefined,
  { topic, queue, offline }: ResourceFlags,
): Promise<boolean> {
  const isListed = written?.topics.some(({ arn }) => arn !== undefined && arn === topic) ?? false;
  const ofTopic = topic === undefined || isListed ? undefined : parseArn(topic);
  const ofQueue = queue === undefined ? undefined : (parseArn(queue) ?? accountOfUrl(queue));
  if (offline || (ofTopic === undefined && ofQueue === undefined)) return false;
  const { identity } = await reading(context, undefined, () => connect(context));
  const { account, region } = identity;
  const isElsewhere = (place: { account: string; region?: string } | undefined): boolean =>
    place !== undefined &&
    ((account !== undefined && place.account !== account) ||
      (place.region !== undefined && place.region !== region));
  if (isElsewhere(ofQueue)) {
    throw usageError(
      `${shownText(queue ?? '')} is not a queue of account ${account} in ${region}.`,
      "Choose its owner's --profile and --region.",
      'QueueNotFound',
    );
  }
  return isElsewhere(ofTopic);
}

/** The account in a queue's URL. */
function accountOfUrl(url: string): { readonly account: string } | undefined {
  const account = /^https?:.*\/(\d{12})\/[^/]+$/.exec(url)?.[1];
  return account === undefined ? undefined : { account };
}

/**
 * The topology that a command works on, and the one topic of it.
 * @param preferred the key of the topic that is meant unless a flag says otherwise, such as an event type's.
 * @throws AppError (exit 2) as `topologyFor` does, and where there are several topics to choose from.
 */
export async function topicFor(
  context: CommandContext,
  flags: ResourceFlags,
  preferred?: (topology: Topology) => string | undefined,
): Promise<{ readonly topology: Topology; readonly topic: TopicSpec }> {
  const topology = await topologyFor(context, flags);
  const wanted = flags.topic ?? preferred?.(topology);
  return { topology, topic: chooseTopic(topology, wanted) };
}

/** The part of a topology that flags mean; undefined where it has none such. */
function partOf(topology: Topology, { topic, queue }: ResourceFlags): Topology | undefined {
  const key = topic === undefined ? undefined : findTopic(topology, topic)?.key;
  const name = queue === undefined ? undefined : queueName(queue);
  if (
    (topic !== undefined && key === undefined) ||
    (queue !== undefined && !hasQueue(topology, name))
  )
    return undefined;
  const hangsOn = ({ subscriptions }: SubscriberSpec): boolean =>
    key === undefined || subscriptions.some((each) => each.topic === key);
  const subscribers = topology.subscribers
    .filter((each) => hangsOn(each) && (name === undefined || each.queue === name))
    .map((each) => ({
      ...each,
      subscriptions: each.subscriptions.filter((one) => key === undefined || one.topic === key),
    }));
  const topics = topology.topics.filter((each) =>
    key === undefined
      ? subscribers.some(({ subscriptions }) => subscriptions.some((one) => one.topic === each.key))
      : each.key === key,
  );
  return { ...topology, topics, subscribers };
}

function findTopic(topology: Topology, wanted: string): TopicSpec | undefined {
  try {
    return chooseTopic(topology, wanted);
  } catch (error) {
    if (error instanceof AppError && error.code === 'UnknownTopic') return undefined;
    throw error;
  }
}

function hasQueue({ subscribers }: Topology, name: string | undefined): boolean {
  return subscribers.some(({ queue }) => queue === name);
}

/** The name of a queue that was given as such, as an ARN or as a URL. */
export function queueName(given: string): string {
  return parseArn(given)?.resource ?? given.slice(given.lastIndexOf('/') + 1);
}

/**
 * Like `topologyFor`, for commands that work on what is set up: where a topology that comes with the package isn't, and
 * a program made another one of that name, it is that.
 */
export async function topologyOnTarget(
  context: CommandContext,
  flags: ResourceFlags = {},
): Promise<Topology> {
  const topology = await topologyFor(context, flags);
  const { settings } = context;
  const isNamed =
    settings.topology !== DEFAULT_TOPOLOGY && settings.project.topology !== topology.name;
  const isShipped = shippedTopologyNames().includes(topology.name) && topology.managed;
  if (!isNamed || !isShipped || topology.name !== settings.topology) return topology;
  if (settings.target.kind === 'rabbitmq') return topology;
  const connection = await reading(context, undefined, () => connect(context));
  const { inspect } = await import('../lib/topology/inspect.ts');
  const place = { ...connection, topology };
  const { topics } = await reading(context, 'Reading what is there', () =>
    inspect(place, { subscriptionAttributes: false }),
  );
  if ([...topics.values()].some(({ exists }) => exists)) return topology;
  return (await taggedTopology(context)) ?? topology;
}

/** What the target has by the topology's tags; undefined where it has nothing. */
async function taggedTopology(context: CommandContext): Promise<Topology | undefined> {
  const { settings } = context;
  const target = await reading(context, undefined, () => connect(context));
  const { findTagged } = await import('../lib/topology/describe/tagged.ts');
  const { topology, names } = await reading(context, 'Looking for the topology', () =>
    findTagged(target, settings.topology),
  );
  const isKnown = knownTopologyNames(settings).includes(settings.topology);
  return topology ?? (isKnown ? undefined : refuseUnknown(settings, names));
}

/** Describes what is there for one look. */
async function lookAt(context: CommandContext, { topic, queue }: ResourceFlags): Promise<Topology> {
  const target = await reading(context, undefined, () => connect(context));
  const [{ describeExisting }, { topologyNameOf }, { topicNamed }] = await Promise.all([
    import('../lib/topology/describe/existing.ts'),
    import('../lib/topology/describe/tagged.ts'),
    import('../lib/topology/describe/find-topic.ts'),
  ]);
  return reading(context, 'Reading what is there', async () => {
    const arn = topic === undefined ? undefined : await topicNamed(target, topic);
    const queues = queue === undefined ? [] : [queueName(queue)];
    const { topology, missing } = await describeExisting({
      target,
      name: topologyNameOf(arn ?? queues[0] ?? ''),
      topicArns: arn === undefined ? [] : [arn],
      queues,
      managed: false,
    });
    const [gone] = missing;
    if (gone !== undefined) {
      throw new AppError({
        code: 'QueueNotFound',
        message: `There is no queue "${gone}".`,
        hint: 'See what is there with: pubsub ls',
      });
    }
    return queue === undefined ? topology : (partOf(topology, { queue }) ?? topology);
  });
}
