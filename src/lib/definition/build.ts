import { DEFAULT_BATCH_SIZE } from '../rules/functions.ts';
import { parseArn } from '../rules/names.ts';
import { buildFunction, buildTable } from './build-functions.ts';
import type {
  HandlerDefinition,
  SubscriberDefinition,
  SubscriptionDefinition,
  TopicDefinition,
  TopologyDefinition,
} from './definition.ts';
import { assertNames, FIFO_SUFFIX, resourceName } from './names.ts';
import type {
  HandlerSpec,
  SubscriberSpec,
  SubscriptionSpec,
  TopicSpec,
  Topology,
} from './topology.ts';

/** What a subscriber is unless its definition says otherwise; times are seconds. */
export const SUBSCRIBER_DEFAULTS = {
  visibilityTimeout: 30,
  receiveWait: 20,
  retention: 345_600,
  delay: 0,
  maxReceiveCount: 3,
  dlqRetention: 1_209_600,
} as const;

/** What a subscription is unless its definition says otherwise. */
export const SUBSCRIPTION_DEFAULTS = {
  filterPolicy: undefined,
  filterPolicyScope: 'MessageAttributes',
  rawDelivery: false,
} as const;

/** The names of queues that have none. */
export const NAME_PATTERNS = {
  queue: '{topology}-{subscriber}-queue',
  dlq: '{topology}-{subscriber}-dlq',
} as const;

/**
 * Makes a topology of its definition: fills in the defaults and puts the prefix before every name.
 * @param options.folder of the file that it comes from.
 * @throws AppError (exit 2) for a name that AWS would refuse.
 */
export function buildTopology(
  definition: TopologyDefinition,
  options: { readonly prefix: string; readonly folder?: string | undefined },
): Topology {
  const { prefix, folder } = options;
  const topics = Object.entries(definition.topics).map(([key, topic]) =>
    buildTopic(key, topic, { prefix, fifo: definition.fifo ?? false }),
  );
  const topology: Topology = {
    name: definition.name,
    prefix,
    managed: definition.managed ?? true,
    folder,
    topics,
    subscribers: Object.entries(definition.subscribers).map(([name, subscriber]) =>
      buildSubscriber(name, subscriber, { definition, topics, prefix }),
    ),
    events: definition.events ?? {},
    tables: Object.entries(definition.tables ?? {}).map(([key, table]) =>
      buildTable(key, table, prefix),
    ),
    functions: Object.entries(definition.functions ?? {}).map(([key, each]) =>
      buildFunction(key, each, prefix),
    ),
  };
  assertNames(topology);
  return topology;
}

function buildTopic(
  key: string,
  definition: TopicDefinition,
  defaults: { readonly prefix: string; readonly fifo: boolean },
): TopicSpec {
  const { arn, displayName = '', kmsKey, tags = {} } = definition;
  const name = writtenName(key, definition);
  const fifo = isFifoTopic(key, definition, defaults.fifo);
  return {
    key,
    name: arn === undefined ? resourceName(defaults.prefix, name, fifo) : name,
    arn,
    fifo,
    contentBasedDeduplication: definition.contentBasedDeduplication ?? false,
    displayName,
    kmsKey,
    tags,
  };
}

/**
 * Whether a topic is a FIFO one: what it says, its name, or what holds for all; an ARN always tells.
 * @param fallback what holds for all.
 */
export function isFifoTopic(key: string, definition: TopicDefinition, fallback: boolean): boolean {
  const isNamedSo = writtenName(key, definition).endsWith(FIFO_SUFFIX);
  if (definition.arn !== undefined || isNamedSo) return isNamedSo;
  return definition.fifo ?? fallback;
}

function writtenName(key: string, { arn, name = key }: TopicDefinition): string {
  return arn === undefined ? name : (parseArn(arn)?.resource ?? key);
}

function buildSubscriber(
  name: string,
  definition: SubscriberDefinition,
  around: {
    readonly definition: TopologyDefinition;
    readonly topics: readonly TopicSpec[];
    readonly prefix: string;
  },
): SubscriberSpec {
  const { topics, prefix } = around;
  const subscriptions = buildSubscriptions(definition, topics);
  const fifo =
    definition.fifo ??
    subscriptions.every(({ topic }) => topics.find(({ key }) => key === topic)?.fifo);
  const { queue: queuePattern, dlq: dlqPattern } = { ...NAME_PATTERNS, ...around.definition.names };
  const fill = (pattern: string): string =>
    pattern.replace('{topology}', around.definition.name).replace('{subscriber}', name);
  const queue = definition.queue ?? fill(queuePattern ?? NAME_PATTERNS.queue);
  const { dlq = {}, kmsKey } = definition;
  const own = dlq === false ? {} : dlq;
  const dlqName = own.queue ?? fill(dlqPattern ?? NAME_PATTERNS.dlq);
  const defaults = SUBSCRIBER_DEFAULTS;
  return {
    name,
    subscriptions,
    queue: resourceName(prefix, queue, fifo),
    dlq: dlq === false ? undefined : resourceName(prefix, dlqName, fifo),
    fifo,
    visibilityTimeout: definition.visibilityTimeout ?? defaults.visibilityTimeout,
    receiveWait: definition.receiveWait ?? defaults.receiveWait,
    retention: definition.retention ?? defaults.retention,
    delay: definition.delay ?? defaults.delay,
    maxReceiveCount: own.maxReceiveCount ?? defaults.maxReceiveCount,
    dlqRetention: own.retention ?? defaults.dlqRetention,
    kmsKey,
    dlqKmsKey: own.kmsKey ?? kmsKey,
    handler: buildHandler(definition.handler),
  };
}

function buildHandler(definition: HandlerDefinition | undefined): HandlerSpec | undefined {
  if (definition === undefined || !('function' in definition)) return definition;
  const {
    batchSize = DEFAULT_BATCH_SIZE,
    window = 0,
    partialFailures = false,
    maximumConcurrency,
  } = definition;
  return { function: definition.function, batchSize, window, partialFailures, maximumConcurrency };
}

/** One for each topic that it names, or for the only one; what holds for the subscriber holds for each. */
function buildSubscriptions(
  definition: SubscriberDefinition,
  topics: readonly TopicSpec[],
): SubscriptionSpec[] {
  const from: Readonly<Record<string, SubscriptionDefinition>> =
    definition.from ?? Object.fromEntries(topics.map(({ key }) => [key, {}]));
  const defaults = SUBSCRIPTION_DEFAULTS;
  return Object.entries(from).map(([topic, own]) => {
    const filterPolicy = own.filterPolicy ?? definition.filterPolicy;
    const scope = own.filterPolicyScope ?? definition.filterPolicyScope;
    return {
      topic,
      filterPolicy,
      // The scope of a subscriber goes with its policy; a topic without one has nothing to look at.
      filterPolicyScope:
        filterPolicy === undefined
          ? defaults.filterPolicyScope
          : (scope ?? defaults.filterPolicyScope),
      rawDelivery: own.rawDelivery ?? definition.rawDelivery ?? defaults.rawDelivery,
    };
  });
}
