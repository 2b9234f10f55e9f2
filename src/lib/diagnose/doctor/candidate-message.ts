import type { Topology } from '../../definition/topology.ts';
import { createEventMaker } from '../../events/event-maker.ts';
import { isRecord } from '../../events/json-value.ts';
import type { OutgoingEvent } from '../../events/outgoing-event.ts';
import type { FilterableMessage } from '../../rules/filter-policy/index.ts';
import { shownText } from '../../rules/text/shown-text.ts';

/** A message as SNS sees it, with a name to call it by. */
export interface CandidateMessage extends FilterableMessage {
  /** Such as `payment.captured`. */
  readonly name: string;
  /** The event's id, where the body has one. */
  readonly eventId: string | undefined;
}

/** What is sent where a topology says nothing of its events. */
export const UNTYPED_MESSAGE: CandidateMessage = {
  name: 'an event without a type',
  eventId: undefined,
  body: '{}',
  attributes: {},
};

/** An event as `pubsub publish` sends it. */
export function candidateOf({ message, attributes }: OutgoingEvent): CandidateMessage {
  return {
    name: shownText(message.type ?? 'the event'),
    eventId: message.id,
    body: message.text,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { type: DataType, value: StringValue }]) => [
        name,
        { DataType, StringValue },
      ]),
    ),
  };
}

/**
 * The messages that publishers of a topology send: a sample of each type, with every value that its schema lists for a
 * field. None where the topology knows no types.
 */
export function usualMessages({ events }: Pick<Topology, 'events'>): CandidateMessage[] {
  return Object.keys(events).flatMap((type) => {
    const maker = createEventMaker({ events, type, check: () => undefined, seed: 1 });
    const listed = Object.entries(listedValues(events[type]?.schema)).flatMap(([name, values]) =>
      values.map((value) => ({ [name]: value })),
    );
    return (listed.length > 0 ? listed : [{}]).map((given) => candidateOf(maker.sample(given, 1)));
  });
}

/** The fields of a topology's events whose values are all known: they are tried one by one. */
export function listedFields({ events }: Pick<Topology, 'events'>): ReadonlySet<string> {
  const names = Object.values(events).flatMap(({ schema }) => Object.keys(listedValues(schema)));
  return new Set(['event_type', ...names]);
}

/** Values that a schema lists (`enum`), by field. */
function listedValues(schema: unknown): Record<string, readonly unknown[]> {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      name !== 'event_type' && isRecord(property) && Array.isArray(property.enum)
        ? [[name, property.enum as readonly unknown[]]]
        : [],
    ),
  );
}
