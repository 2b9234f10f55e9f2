import { functionOf } from '../definition/find.ts';
import type { FunctionSpec, SubscriberSpec, Topology } from '../definition/topology.ts';
import { createEventMaker } from '../events/event-maker.ts';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import {
  type FilterableMessage,
  type FilterPolicy,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../rules/filter-policy/index.ts';

/** Samples of each event type, which filters are tried on. */
const SAMPLES = 200;
/** Bytes of an event of which the file has no sample. */
const UNKNOWN_EVENT_BYTES = 1024;
/** About what SNS writes around a message that isn't delivered raw: ids, topic, time, signature, address to unsubscribe. */
const ENVELOPE_BYTES = 900;

/** A topic's part of the events. */
export interface TopicLoad {
  readonly key: string;
  readonly fifo: boolean;
  /** A month. */
  readonly events: number;
  /** Of an event, with its attributes. */
  readonly bytes: number;
}

/** What comes to a subscriber from one topic. */
export interface DeliveryLoad {
  readonly topic: TopicLoad;
  /** Of the topic's events, those that its filter lets through: 0 to 1. */
  readonly share: number;
  /** Of a message in the queue. */
  readonly bytes: number;
  readonly filtersBody: boolean;
}

/** What comes to a subscriber. */
export interface SubscriberLoad {
  readonly spec: SubscriberSpec;
  /** The function that takes from its queue. */
  readonly taker: FunctionSpec | undefined;
  readonly deliveries: readonly DeliveryLoad[];
  /** Messages a month. */
  readonly messages: number;
  /** Of a message in the queue, at the mean. */
  readonly bytes: number;
  /** Of the event in it, at the mean. */
  readonly eventBytes: number;
}

/** How a month's events go through a topology. */
export interface Workload {
  readonly topics: readonly TopicLoad[];
  readonly subscribers: readonly SubscriberLoad[];
  /** Subscribers whose filters can't be judged, since the file has no event types: counted as getting everything. */
  readonly unjudged: readonly string[];
}

/** What is asked about. */
export interface WorkloadQuestion {
  readonly topology: Topology;
  /** A month, all topics together. */
  readonly events: number;
  /** Bytes of an event; those of the samples unless given. */
  readonly payloadBytes: number | undefined;
  /** Shares from 0 to 1, by subscriber, in place of what the samples say. */
  readonly shares: ReadonlyMap<string, number>;
}

/** A sample, and what filters see of it. */
interface Sample {
  readonly bytes: number;
  readonly message: FilterableMessage;
}

/**
 * How events go through a topology, every event type being as frequent as the others. Filters are tried on samples of the
 * types. Calls nobody. @throws AppError (exit 2) for a sample that can't be made.
 */
export function workloadOf(question: WorkloadQuestion): Workload {
  const { topology, events, payloadBytes } = question;
  const samples = samplesByTopic(topology);
  const all = [...samples.values()].reduce((sum, each) => sum + each.length, 0);
  const topics = topology.topics.map(({ key, fifo }): TopicLoad => {
    const own = samples.get(key) ?? [];
    const part = all === 0 ? 1 / topology.topics.length : own.length / all;
    const bytes = payloadBytes ?? meanBytes(own);
    return { key, fifo, events: events * part, bytes };
  });
  const subscribers = topology.subscribers.map((spec) =>
    subscriberLoad(question, spec, topics, samples),
  );
  const judged = all > 0;
  const unjudged = topology.subscribers.filter(
    ({ name, subscriptions }) =>
      !judged &&
      !question.shares.has(name) &&
      subscriptions.some(({ filterPolicy }) => filterPolicy !== undefined),
  );
  return { topics, subscribers, unjudged: unjudged.map(({ name }) => name) };
}

/** The same events, so many times as many. */
export function scaleWorkload(workload: Workload, factor: number): Workload {
  const topics = new Map(
    workload.topics.map((topic) => [topic.key, { ...topic, events: topic.events * factor }]),
  );
  return {
    ...workload,
    topics: [...topics.values()],
    subscribers: workload.subscribers.map((load) => ({
      ...load,
      messages: load.messages * factor,
      deliveries: load.deliveries.map((delivery) => ({
        ...delivery,
        topic: topics.get(delivery.topic.key) ?? delivery.topic,
      })),
    })),
  };
}

function samplesByTopic({ topics, events }: Topology): ReadonlyMap<string, readonly Sample[]> {
  const samples = new Map<string, Sample[]>();
  const [first] = topics;
  for (const [type, { topic = first?.key ?? '' }] of Object.entries(events)) {
    const maker = createEventMaker({ events, type, check: () => undefined, seed: 1 });
    const made = Array.from({ length: SAMPLES }, (_, at) => sampleOf(maker.sample({}, at + 1)));
    samples.set(topic, [...(samples.get(topic) ?? []), ...made]);
  }
  return samples;
}

function sampleOf({ message, attributes }: OutgoingEvent): Sample {
  const named = Object.entries(attributes);
  const bytes = named.reduce(
    (sum, [name, { type, value }]) => sum + Buffer.byteLength(name + type + value),
    Buffer.byteLength(message.text),
  );
  const filterable = named.map(([name, { type, value }]) => [
    name,
    { DataType: type, StringValue: value },
  ]);
  return { bytes, message: { attributes: Object.fromEntries(filterable), body: message.text } };
}

function meanBytes(samples: readonly Sample[]): number {
  if (samples.length === 0) return UNKNOWN_EVENT_BYTES;
  return Math.round(samples.reduce((sum, { bytes }) => sum + bytes, 0) / samples.length);
}

function subscriberLoad(
  { topology, shares }: WorkloadQuestion,
  spec: SubscriberSpec,
  topics: readonly TopicLoad[],
  samples: ReadonlyMap<string, readonly Sample[]>,
): SubscriberLoad {
  const deliveries = spec.subscriptions.flatMap((subscription): DeliveryLoad[] => {
    const topic = topics.find(({ key }) => key === subscription.topic);
    if (topic === undefined) return [];
    const { filterPolicy, filterPolicyScope, rawDelivery } = subscription;
    const policy =
      filterPolicy === undefined ? undefined : parseFilterPolicy(filterPolicy, filterPolicyScope);
    return [
      {
        topic,
        share: shares.get(spec.name) ?? shareOf(policy, samples.get(topic.key) ?? []),
        bytes: topic.bytes + (rawDelivery ? 0 : ENVELOPE_BYTES),
        filtersBody: policy?.scope === 'MessageBody' && policy.rules.length > 0,
      },
    ];
  });
  const messages = deliveries.reduce((sum, { topic, share }) => sum + topic.events * share, 0);
  const mean = (bytesOf: (delivery: DeliveryLoad) => number): number =>
    messages === 0
      ? 0
      : deliveries.reduce((sum, each) => sum + each.topic.events * each.share * bytesOf(each), 0) /
        messages;
  return {
    spec,
    taker: functionOf(spec, topology.functions),
    deliveries,
    messages,
    bytes: mean(({ bytes }) => bytes),
    eventBytes: mean(({ topic }) => topic.bytes),
  };
}

function shareOf(policy: FilterPolicy | undefined, samples: readonly Sample[]): number {
  if (policy === undefined || samples.length === 0) return 1;
  return (
    samples.filter(({ message }) => matchFilterPolicy(policy, message).matched).length /
    samples.length
  );
}
