import { parse } from 'lossless-json';
import { NAME_PATTERNS, SUBSCRIBER_DEFAULTS } from './build.ts';
import { FIFO_SUFFIX } from './names.ts';
import type { SubscriberSpec, SubscriptionSpec, TopicSpec, Topology } from './topology.ts';
import { writeFunction, writeHandler, writeTable } from './write-functions.ts';
import { given, writeDuration } from './write-scalars.ts';

/** A value of a file; numbers of filter policies are kept to the letter, as lossless-json has them. */
type Written = Record<string, unknown>;

/** A topology as a file says it: without what holds anyway. Reading that gives the same topology again. */
export function writeDefinition(topology: Topology): Written {
  const { name, prefix, topics, subscribers, events, tables, functions, managed } = topology;
  return {
    topology: name,
    ...(prefix === '' ? {} : { prefix }),
    topics: Object.fromEntries(topics.map((topic) => [topic.key, writeTopic(topic, prefix)])),
    ...(subscribers.length === 0
      ? {}
      : {
          subscribers: Object.fromEntries(
            subscribers.map((each) => [each.name, writeSubscriber(each, topology)]),
          ),
        }),
    ...(Object.keys(events).length === 0 ? {} : { events: writeEvents(topology) }),
    ...(tables.length === 0
      ? {}
      : { tables: Object.fromEntries(tables.map((each) => [each.key, writeTable(each, prefix)])) }),
    ...(functions.length === 0
      ? {}
      : {
          functions: Object.fromEntries(
            functions.map((each) => [each.key, writeFunction(each, prefix)]),
          ),
        }),
    ...(managed ? {} : { managed }),
  };
}

function writeTopic(topic: TopicSpec, prefix: string): Written {
  if (topic.arn !== undefined) return { arn: topic.arn };
  const name = bareName(topic.name, prefix, topic.fifo);
  const isKey = name === topic.key || `${name}${FIFO_SUFFIX}` === topic.key;
  return given({
    name: isKey ? undefined : name,
    fifo: topic.fifo && !topic.key.endsWith(FIFO_SUFFIX) ? true : undefined,
    contentBasedDeduplication: topic.contentBasedDeduplication || undefined,
    displayName: topic.displayName || undefined,
    kmsKey: topic.kmsKey,
    tags: Object.keys(topic.tags).length > 0 ? topic.tags : undefined,
  });
}

function writeSubscriber(subscriber: SubscriberSpec, topology: Topology): Written {
  const { name, prefix, topics } = topology;
  const { subscriptions, fifo } = subscriber;
  const defaults = SUBSCRIBER_DEFAULTS;
  const fill = (pattern: string): string =>
    pattern.replace('{topology}', name).replace('{subscriber}', subscriber.name);
  const asTopics = subscriptions.every(
    ({ topic }) => topics.find(({ key }) => key === topic)?.fifo,
  );
  const queue = bareName(subscriber.queue, prefix, fifo);
  const time = (seconds: number, usual: number): string | undefined =>
    seconds === usual ? undefined : writeDuration(seconds);
  return given({
    ...writeSubscriptions(subscriptions, topics.length),
    queue: queue === fill(NAME_PATTERNS.queue) ? undefined : queue,
    fifo: fifo === asTopics ? undefined : fifo,
    visibilityTimeout: time(subscriber.visibilityTimeout, defaults.visibilityTimeout),
    receiveWait: time(subscriber.receiveWait, defaults.receiveWait),
    retention: time(subscriber.retention, defaults.retention),
    delay: time(subscriber.delay, defaults.delay),
    dlq: writeDlq(subscriber, prefix, fill(NAME_PATTERNS.dlq)),
    kmsKey: subscriber.kmsKey,
    handler: writeHandler(subscriber.handler),
  });
}

function writeDlq(
  subscriber: SubscriberSpec,
  prefix: string,
  usualName: string,
): Written | false | undefined {
  if (subscriber.dlq === undefined) return false;
  const { maxReceiveCount, dlqRetention } = SUBSCRIBER_DEFAULTS;
  const queue = bareName(subscriber.dlq, prefix, subscriber.fifo);
  const written = given({
    queue: queue === usualName ? undefined : queue,
    maxReceiveCount:
      subscriber.maxReceiveCount === maxReceiveCount ? undefined : subscriber.maxReceiveCount,
    retention:
      subscriber.dlqRetention === dlqRetention ? undefined : writeDuration(subscriber.dlqRetention),
    kmsKey: subscriber.dlqKmsKey === subscriber.kmsKey ? undefined : subscriber.dlqKmsKey,
  });
  return Object.keys(written).length > 0 ? written : undefined;
}

/** The only topic needs no name; one of several, or several without filters, need no mapping. */
function writeSubscriptions(
  subscriptions: readonly SubscriptionSpec[],
  topicCount: number,
): Written {
  const [only, ...others] = subscriptions;
  if (only && others.length === 0) {
    return { from: topicCount === 1 ? undefined : only.topic, ...writeSubscription(only) };
  }
  const entries = subscriptions.map((each) => [each.topic, writeSubscription(each)] as const);
  if (entries.every(([, written]) => Object.keys(written).length === 0)) {
    return topicCount === subscriptions.length && topicCount === 1
      ? {}
      : { from: entries.map(([topic]) => topic) };
  }
  return { from: Object.fromEntries(entries) };
}

function writeSubscription({
  filterPolicy,
  filterPolicyScope,
  rawDelivery,
}: SubscriptionSpec): Written {
  return given({
    filterPolicy: filterPolicy === undefined ? undefined : parse(filterPolicy),
    filterPolicyScope: filterPolicyScope === 'MessageBody' ? filterPolicyScope : undefined,
    rawDelivery: rawDelivery || undefined,
  });
}

function writeEvents({ events }: Topology): Written {
  return Object.fromEntries(
    Object.entries(events).map(([type, { version, ...rest }]) => [
      type,
      given({ ...rest, version: version === 1 ? undefined : version }),
    ]),
  );
}

/** A name without what is put around it again. */
function bareName(name: string, prefix: string, fifo: boolean): string {
  const start = prefix === '' ? '' : `${prefix}-`;
  const bare = name.startsWith(start) ? name.slice(start.length) : name;
  return fifo && bare.endsWith(FIFO_SUFFIX) ? bare.slice(0, -FIFO_SUFFIX.length) : bare;
}
