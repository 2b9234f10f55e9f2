import type { Topology } from '../definition/topology.ts';
import { createEventMaker } from '../events/event-maker.ts';
import type { GivenFields } from '../events/given-fields.ts';
import { readExactFields } from '../events/json-value.ts';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import {
  type FilterableMessage,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../rules/filter-policy/index.ts';

/** A message attribute: of a field of the event, or of a fixed value. */
export interface SampleAttribute {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** The field that its value is taken from. */
  readonly field: string | undefined;
}

/** An event of a type, as a publisher has to send it, and who gets it. */
export interface SampleEvent {
  readonly type: string;
  /** The topic's name, or its ARN where it is somebody else's. */
  readonly topic: string;
  readonly isFifo: boolean;
  /** What it carries besides id, type and time; numbers to the letter. */
  readonly fields: GivenFields;
  /** Besides `event_type`. */
  readonly attributes: readonly SampleAttribute[];
  /** Names of the subscribers whose filters let it through. */
  readonly reaches: readonly string[];
}

/** Of so many samples of a type that is taken which most subscribers get. */
const TRIES = 20;
/** Fields that a publisher sets by itself. */
const OWN_FIELDS = ['event_id', 'event_type', 'timestamp'];

/** An event of each type of a topology. The same topology gives the same events, identities and times aside. */
export function sampleEvents(topology: Topology): SampleEvent[] {
  return Object.keys(topology.events).map((type) => {
    const tries = Array.from({ length: TRIES }, (_, index) => sampleOf(topology, type, index + 1));
    return tries.reduce((best, each) => (each.reaches.length > best.reaches.length ? each : best));
  });
}

function sampleOf(topology: Topology, type: string, seed: number): SampleEvent {
  const { events, topics } = topology;
  const maker = createEventMaker({ events, type, check: () => undefined, seed });
  const event = maker.sample({}, 1);
  const topic = topics.find(({ key }) => key === events[type]?.topic) ?? topics[0];
  const { text } = event.message;
  const fields = Object.entries(readExactFields(text) ?? {});
  return {
    type,
    topic: topic?.arn ?? topic?.name ?? '',
    isFifo: topic?.fifo ?? false,
    fields: Object.fromEntries(fields.filter(([name]) => !OWN_FIELDS.includes(name))),
    attributes: attributesOf(topology, type, event),
    reaches: reachedBy(topology, topic?.key, event),
  };
}

function attributesOf({ events }: Topology, type: string, event: OutgoingEvent): SampleAttribute[] {
  const templates = Object.entries(events[type]?.attributes ?? {});
  return Object.entries(event.attributes).flatMap(([name, { type: kind, value }]) => {
    if (name === 'event_type') return [];
    const [, template = ''] = templates.find(([key]) => key.split(':')[0] === name) ?? [];
    const field = /^\{\{\s*data\.(\w+)\s*\}\}$/.exec(template)?.[1];
    return [{ name, type: kind, value, field }];
  });
}

function reachedBy(
  { subscribers }: Topology,
  topic: string | undefined,
  { message, attributes }: OutgoingEvent,
): string[] {
  const entries = Object.entries(attributes).map(([name, { type, value }]) => [
    name,
    { DataType: type, StringValue: value },
  ]);
  const filterable: FilterableMessage = {
    body: message.text,
    attributes: Object.fromEntries(entries),
  };
  const reached = subscribers.filter(({ subscriptions }) =>
    subscriptions.some(
      ({ topic: source, filterPolicy, filterPolicyScope }) =>
        source === topic &&
        (filterPolicy === undefined ||
          matchFilterPolicy(parseFilterPolicy(filterPolicy, filterPolicyScope), filterable)
            .matched),
    ),
  );
  return reached.map(({ name }) => name);
}
