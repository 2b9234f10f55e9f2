import type { EventSpec, Topology } from '../../definition/topology.ts';
import { logicalNames } from './logical-names.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A topology as an AsyncAPI 3.0 document: a channel for each topic and queue, and what may be published there.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument(topology: Topology): Json {
  const names = logicalNames(topology);
  const types = Object.entries(topology.events);
  const messages = Object.fromEntries(
    types.length === 0
      ? [['anyEvent', { payload: { type: 'object' }, contentType: 'application/json' }]]
      : types.map(([type, spec]) => [key(type), messageOf(type, spec)]),
  );
  const messageRefs = (topicKey: string): Json =>
    Object.fromEntries(
      Object.keys(messages)
        .filter((name) => isOf(types, name, topicKey))
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

function messageOf(type: string, { schema, version }: EventSpec): Json {
  return {
    name: type,
    title: type,
    summary: `Version ${version}.`,
    contentType: 'application/json',
    payload: typeof schema === 'object' ? withoutAddress(schema) : { type: 'object' },
  };
}

/** A schema within a document has no address of its own. */
function withoutAddress({ $schema: _schema, $id: _id, ...rest }: Json): Json {
  return rest;
}

function isOf(types: readonly [string, EventSpec][], name: string, topicKey: string): boolean {
  const found = types.find(([type]) => key(type) === name);
  return found?.[1].topic === undefined || found[1].topic === topicKey;
}

/** "Keys of the components object": letters, digits, dots, hyphens and underscores. */
function key(type: string): string {
  return type.replace(/[^A-Za-z0-9._-]/g, '_');
}
