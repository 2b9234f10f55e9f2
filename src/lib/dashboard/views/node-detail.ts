import { getFunction } from '../../aws/functions.ts';
import { readReceivers } from '../../aws/observer.ts';
import { getQueueAttributes } from '../../aws/queues.ts';
import { queueTags, topicTags } from '../../aws/tags.ts';
import { type Attributes, getTopicAttributes } from '../../aws/topics.ts';
import type { Topology } from '../../definition/topology.ts';
import { AppError } from '../../rules/errors.ts';
import type { NodeDetail } from '../api/node.ts';
import type { GraphNode } from '../api/overview.ts';
import type { Dashboard } from '../dashboard.ts';
import { notFound } from '../http/failure.ts';
import type { RouteRequest } from '../http/route.ts';

/** What was read of a node. */
interface Read {
  readonly attributes: Attributes | undefined;
  readonly tags: Attributes | undefined;
  readonly receivers: NodeDetail['receivers'];
  readonly commands: NodeDetail['commands'];
}

/** `GET node/:id`. @throws HttpFailure 404 */
export async function nodeDetail(
  dashboard: Dashboard,
  { parameters }: RouteRequest,
): Promise<NodeDetail> {
  const [id = ''] = parameters;
  const { nodes, figures } = await dashboard.live.graph();
  const found = nodes.find((each) => each.id === id);
  if (found === undefined) throw notFound(`node ${id.slice(0, 200)}`);
  const node = { ...found, figures: figures.get(found.id) ?? null };
  const { attributes = {}, tags, receivers, commands } = await readNode(dashboard, node);
  const { Policy: policy, ...others } = attributes;
  return {
    node,
    attributes: listOf(others),
    policy: policy ? indented(policy) : null,
    tags: tags === undefined ? null : listOf(tags),
    receivers,
    commands,
    remarks: remarksOf(dashboard, node, tags, receivers),
  };
}

function remarksOf(
  { commands }: Dashboard,
  { kind, missing }: GraphNode,
  tags: Attributes | undefined,
  receivers: NodeDetail['receivers'],
): string[] {
  if (missing) return [`It is not there. Create it with: ${commands.pubsub('setup')}`];
  if (kind === 'elsewhere') return ['It is not looked at.'];
  return [
    ...(tags === undefined ? ['Its tags may not be read.'] : []),
    ...(receivers === null && kind.endsWith('queue')
      ? ['Who receives from it can not be known here.']
      : []),
  ];
}

const NOTHING: Read = { attributes: {}, tags: {}, receivers: null, commands: [] };

async function readNode(dashboard: Dashboard, node: GraphNode): Promise<Read> {
  if (node.missing) return NOTHING;
  switch (node.kind) {
    case 'topic':
      return readTopic(dashboard, node);
    case 'queue':
    case 'dead-letter-queue':
      return readQueue(dashboard, node);
    case 'function':
      return readFunction(dashboard, node);
    case 'elsewhere':
      return NOTHING;
  }
}

async function readTopic({ aws, commands }: Dashboard, { id, name }: GraphNode): Promise<Read> {
  const [attributes, tags] = await Promise.all([
    getTopicAttributes(aws, id),
    unlessDenied(topicTags(aws, id)),
  ]);
  const set = ['sns', 'set-topic-attributes', '--topic-arn', id];
  return {
    attributes,
    tags,
    receivers: null,
    commands: [
      { label: 'Watch what is published', command: commands.pubsub('tap', '--topic', name) },
      { label: 'Check every hop', command: commands.pubsub('doctor', '--topic', name) },
      {
        label: 'Change an attribute',
        command: commands.fix({
          tool: 'aws',
          commands: [[...set, '--attribute-name', 'DisplayName', '--attribute-value', 'NAME']],
        }),
      },
    ],
  };
}

async function readQueue({ aws, commands, live }: Dashboard, node: GraphNode): Promise<Read> {
  const { queues, topology } = await live.graph();
  const queue = queues.find(({ arn, url }) => (arn || url) === node.id);
  if (queue === undefined) return NOTHING;
  const { url, name, arn } = queue;
  const [attributes, tags, receivers] = await Promise.all([
    getQueueAttributes(aws, url),
    unlessDenied(queueTags(aws, url)),
    readReceivers(aws),
  ]);
  const set = ['sqs', 'set-queue-attributes', '--queue-url', url, '--attributes'];
  const look = node.subscriber ?? undefined;
  return {
    attributes,
    tags,
    receivers: receivers === undefined ? null : (receivers.get(arn) ?? []),
    commands: [
      { label: 'See how it is doing', command: commands.pubsub('status', '--queue', name) },
      ...(node.kind === 'dead-letter-queue' && look !== undefined
        ? [{ label: 'Show its dead letters', command: commands.pubsub('dlq', 'show', look) }]
        : [{ label: listenLabel(topology, look), command: listenCommand(commands, look, name) }]),
      {
        label: 'Change an attribute',
        command: commands.fix({ tool: 'aws', commands: [[...set, 'VisibilityTimeout=60']] }),
      },
    ],
  };
}

/** What `listen` does: of a queue that a function takes from it takes nothing. */
function listenLabel({ subscribers }: Topology, subscriber: string | undefined): string {
  const handler = subscribers.find(({ name }) => name === subscriber)?.handler;
  return handler !== undefined && 'function' in handler
    ? 'Follow what its function does'
    : 'Receive its messages';
}

function listenCommand(
  commands: Dashboard['commands'],
  subscriber: string | undefined,
  queue: string,
): string {
  return subscriber === undefined
    ? commands.pubsub('listen', '--queue', queue)
    : commands.pubsub('listen', subscriber);
}

async function readFunction({ aws, commands }: Dashboard, { name }: GraphNode): Promise<Read> {
  const found = await getFunction(aws, name);
  if (found === undefined) return NOTHING;
  const { tags, environment, ...settings } = found;
  const texts = Object.entries(settings).map(([key, value]) => [key, String(value ?? '')]);
  // Names only: values are where people keep passwords.
  const variables = [['environment', Object.keys(environment).sort().join(', ')]];
  return {
    attributes: Object.fromEntries([...texts, ...variables]),
    tags,
    receivers: null,
    commands: [
      { label: 'Follow its log', command: commands.pubsub('functions', 'logs', name, '--follow') },
      { label: 'Call it', command: commands.pubsub('functions', 'invoke', name) },
    ],
  };
}

/** Who may not read tags may still see the rest. */
async function unlessDenied<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.code === 'AccessDenied') return undefined;
    throw error;
  }
}

function listOf(of: Attributes): { readonly name: string; readonly value: string }[] {
  return Object.entries(of)
    .map(([name, value]) => ({ name, value: value ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function indented(policy: string): string {
  try {
    return JSON.stringify(JSON.parse(policy), undefined, 2);
  } catch {
    return policy;
  }
}
