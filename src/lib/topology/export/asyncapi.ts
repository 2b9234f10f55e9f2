import type { EventSpec, Topology } from '../../definition/topology.ts';
import { logicalNames } from './logical-names.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A topology as an AsyncAPI 3.0 document: a channel for each topic and queue, and what may be published there.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument(topology: Topology): Json {
  const names = logicalNames(topology);
  const events = keyedEvents(topology);
  const messages = Object.fromEntries(
    events.length === 0
      ? [['anyEvent', { payload: { type: 'object' }, contentType: 'application/json' }]]
      : events.map((event) => [event.key, messageOf(event)]),
  );
  const messageRefs = (topic: string): Json =>
    Object.fromEntries(
      Object.keys(messages)
        .filter((name) => (events.find(({ key }) => key === name)?.spec.topic ?? topic) === topic)
        .map((name) => [name, { $ref: `#/components/messages/${name}` }]),
    );
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};
  for (const topic of topology.topics) {
    const id = names.topic(topic);
    channels[id] = { address: topic.arn ?? topic.name, messages: messageRefs(topic.key) };
    operations[`publishTo${id}`] = { action: 'send', channel: { $ref: `#/channels/${id}` } };
  }
  for (const { queue, name, subscriptions } of topology.subscribers) {
    const id = names.queue(queue);
    const refs = subscriptions.map(({ topic }) => messageRefs(topic));
    channels[id] = {
      address: queue,
      description: `The queue of the subscriber ${name}.`,
      messages: Object.assign({}, ...refs),
    };
    operations[`receiveFrom${id}`] = { action: 'receive', channel: { $ref: `#/channels/${id}` } };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: topology.name,
      version: '1.0.0',
      description: `The fan-out "${topology.name}": SNS topics and the SQS queues behind them.`,
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages },
  };
}

/** An event type, and what the document calls it. */
interface KeyedEvent {
  readonly key: string;
  readonly type: string;
  readonly spec: EventSpec;
}

/** "Keys of the components object": letters, digits, dots, hyphens and underscores; a number tells apart equal ones. */
function keyedEvents({ events }: Topology): KeyedEvent[] {
  const taken = new Set<string>();
  return Object.entries(events).map(([type, spec]) => {
    const plain = type.replace(/[^A-Za-z0-9._-]/g, '_');
    let key = plain;
    for (let count = 2; taken.has(key); count += 1) key = `${plain}_${count}`;
    taken.add(key);
    return { key, type, spec };
  });
}

function messageOf({ key, type, spec: { schema, version } }: KeyedEvent): Json {
  const root = `#/components/messages/${key}/payload`;
  return {
    name: type,
    title: type,
    summary: `Version ${version}.`,
    contentType: 'application/json',
    payload: typeof schema === 'object' ? embedded(schema, root) : { type: 'object' },
  };
}

/** A schema within a document: it has no address of its own, and what it refers to in itself is further down. */
function embedded({ $schema: _schema, $id: _id, ...rest }: Json, root: string): unknown {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        const isOwn = name === '$ref' && typeof each === 'string' && /^#(\/|$)/.test(each);
        return [name, isOwn ? root + each.slice(1) : moved(each)];
      }),
    );
  };
  return moved(rest);
}
