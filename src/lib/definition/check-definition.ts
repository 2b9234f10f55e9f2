import { nearest } from '../rules/text/nearest.ts';
import { isFifoTopic } from './build.ts';
import { checkFunctions } from './check-functions.ts';
import type { SubscriberDefinition, TopicDefinition } from './definition.ts';
import type { Report } from './fields/field.ts';
import type { WrittenTopology } from './topology-fields.ts';

/**
 * Checks what the parts of a whole topology say of each other: topics that are named are there, and FIFO queues hang on
 * FIFO topics alone, as AWS wants it ("Amazon SNS FIFO topics", SNS Developer Guide).
 */
export function checkDefinition(written: WrittenTopology, report: Report): void {
  const { topics = {}, subscribers = {}, events = {}, fifo = false } = written;
  const keys = Object.keys(topics);
  if (keys.length === 0) {
    report({
      path: ['topics'],
      what: 'there is no topic',
      hint: 'Write: topics: { payments: {} }',
    });
    return;
  }
  for (const [key, topic] of Object.entries(topics)) {
    const isFifo = isFifoTopic(key, topic, fifo);
    if (topic.contentBasedDeduplication && !isFifo) {
      report({
        path: ['topics', key, 'contentBasedDeduplication'],
        what: `topics.${key} is not a FIFO topic, so nothing is deduplicated`,
        hint: `Write: ${key}: { fifo: true, contentBasedDeduplication: true }`,
      });
    }
  }
  for (const [name, subscriber] of Object.entries(subscribers)) {
    checkSubscriber(name, subscriber, { topics, fifo, report });
  }
  checkFunctions(written, report);
  for (const [type, event] of Object.entries(events)) {
    if (event.topic !== undefined && !keys.includes(event.topic)) {
      report({ path: ['events', type, 'topic'], ...unknownTopic(event.topic, keys) });
    }
  }
}

function checkSubscriber(
  name: string,
  subscriber: SubscriberDefinition,
  around: {
    readonly topics: Readonly<Record<string, TopicDefinition>>;
    readonly fifo: boolean;
    readonly report: Report;
  },
): void {
  const { topics, fifo, report } = around;
  const keys = Object.keys(topics);
  const path = ['subscribers', name];
  const sources = Object.keys(subscriber.from ?? (keys.length === 1 ? topics : {}));
  if (sources.length === 0) {
    report({
      path,
      what: `subscribers.${name} doesn't say which of the ${keys.length} topics it is subscribed to`,
      hint: `Write: ${name}: { from: ${keys[0]} }, or from: [${keys.slice(0, 2).join(', ')}]`,
    });
  }
  for (const source of sources) {
    const topic = Object.hasOwn(topics, source) ? topics[source] : undefined;
    if (!topic) {
      report({ path: [...path, 'from'], ...unknownTopic(source, keys) });
    } else if (isFifoQueue(subscriber) && !isFifoTopic(source, topic, fifo)) {
      report({
        path: [...path, 'fifo' in subscriber ? 'fifo' : 'queue'],
        what: `subscribers.${name} has a FIFO queue, and the topic ${source} is none: SNS refuses that`,
        hint: `Leave out what makes the queue a FIFO one, or write: topics: { ${source}: { fifo: true } }`,
      });
    }
  }
}

function isFifoQueue({ fifo, queue, dlq }: SubscriberDefinition): boolean {
  const names = [queue, dlq ? dlq.queue : undefined];
  return fifo ?? names.some((name) => name?.endsWith('.fifo'));
}

function unknownTopic(key: string, keys: readonly string[]): { what: string; hint: string } {
  const near = nearest(key, keys);
  return {
    what: `there is no topic "${key}"${near ? `, did you mean "${near}"?` : ''}`,
    hint: `Topics: ${keys.join(', ')}. Add one with: topics: { ${key}: {} }`,
  };
}
