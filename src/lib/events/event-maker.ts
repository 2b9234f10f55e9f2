import { usageError } from '../rules/errors.ts';
import { nearest } from '../rules/text/nearest.ts';
import { shownValue } from '../rules/text/shown-text.ts';
import { attributeOf, type MessageAttribute } from './attributes.ts';
import { type GivenFields, parseGivenFields } from './given-fields.ts';
import { isRecord } from './json-value.ts';
import type { CheckMessage } from './message-reader.ts';
import {
  completeEvent,
  type EventPlace,
  type EventRecipe,
  type OutgoingEvent,
  rawEvent,
  sampleFields,
} from './outgoing-event.ts';

/** Event types and how their events are made; empty where any may be published. */
export type EventCatalogue = Readonly<Record<string, EventRecipe>>;

/** What decides how events are made. */
export interface MakerOptions {
  readonly events: EventCatalogue;
  /** The type of what says none itself. */
  readonly type: string | undefined;
  readonly check: CheckMessage;
  /** Repeats the samples. */
  readonly seed: number;
}

/** An event with the attributes that its line gave it. */
export interface MadeEvent {
  readonly event: OutgoingEvent;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** Makes events of the topology's types. All of it throws AppError `InvalidEvent` or `UnknownEventType` (exit 2). */
export interface EventMaker {
  /** The sample of the type with other fields. @param count its place, from 1. */
  sample(given: GivenFields, count: number): OutgoingEvent;
  /** A line: an event, or one with attributes as `pubsub tap --json` or SNS's API write it. */
  line(text: string, count: number): MadeEvent;
  /** A body to the letter. */
  raw(text: string, count: number): OutgoingEvent;
}

/** Makes ready what makes events. */
export function createEventMaker({ events, type, check, seed }: MakerOptions): EventMaker {
  const recipeOf = (name: string | undefined): EventRecipe | undefined =>
    name !== undefined && Object.hasOwn(events, name) ? events[name] : undefined;

  const complete = (
    given: GivenFields,
    place: EventPlace,
    named: string | undefined,
    text?: string,
  ): OutgoingEvent => {
    const own = given.event_type === undefined ? named : typeText(given.event_type);
    const options = { place, check, ...(text === undefined ? {} : { text }) };
    const event = completeEvent(own, recipeOf(own), given, options);
    assertKnown(events, event.message.type);
    return event;
  };

  return {
    sample(given, count) {
      const place = { count, seed };
      const own = given.event_type === undefined ? type : typeText(given.event_type);
      return complete(sampleFields(recipeOf(own), given, place), place, own);
    },
    line(text, count) {
      const place = { count, seed };
      const { given, text: body, attributes } = unwrapped(text);
      const { event_type: named, ...rest } = attributes;
      const own = type ?? named?.value;
      const event =
        given === undefined
          ? rawEvent(own, recipeOf(own), body ?? '', place)
          : complete(given, place, own, body);
      return { event, attributes: rest };
    },
    raw: (text, count) => rawEvent(type, recipeOf(type), text, { count, seed }),
  };
}

/** What a line holds: fields, the text that they came as, or a text alone; and attributes. */
interface Unwrapped {
  readonly given?: GivenFields;
  readonly text?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** Takes an event out of what holds it and its attributes: a line of `tap --json`, or a message as SNS's API takes it. */
function unwrapped(line: string): Unwrapped {
  const fields = parseGivenFields(line);
  const { event, body, attributes, Message: message, MessageAttributes: given = {} } = fields;
  const isEvent = 'event_type' in fields || 'specversion' in fields;
  if (isEvent) return { given: fields, text: line, attributes: {} };
  if (isRecord(attributes) && isRecord(event)) {
    return { given: event, attributes: readAll(attributes) };
  }
  if (isRecord(attributes) && typeof body === 'string') return unwrappedText(body, attributes);
  if (isRecord(given) && isRecord(message)) return { given: message, attributes: readAll(given) };
  if (isRecord(given) && typeof message === 'string') return unwrappedText(message, given);
  return { given: fields, text: line, attributes: {} };
}

function unwrappedText(text: string, given: GivenFields): Unwrapped {
  const attributes = readAll(given);
  try {
    return { given: parseGivenFields(text), text, attributes };
  } catch {
    return { text, attributes };
  }
}

function readAll(given: GivenFields): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, attributeOf(name, value)]),
  );
}

function typeText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw usageError(
    `This is not an event: event_type must be text, not ${shownValue(value)}.`,
    'Such as {"event_type":"payment.captured"}',
    'InvalidEvent',
  );
}

/**
 * Looks a type up in the catalogue; without one any will do.
 * @throws AppError `UnknownEventType` (exit 2) with the nearest one, `InvalidEvent` where there is no type.
 */
export function assertKnown(events: EventCatalogue, type: string | undefined): void {
  const known = Object.keys(events);
  if (known.length === 0 || (type !== undefined && Object.hasOwn(events, type))) return;
  const hint = `Known: ${known.join(', ')}. With --raw a body is published as it is.`;
  if (type === undefined) {
    throw usageError('This is not an event: event_type is missing.', hint, 'InvalidEvent');
  }
  const near = nearest(type.slice(0, 100), known);
  throw usageError(
    `Unknown event type ${shownValue(type)}.${near ? ` Did you mean "${near}"?` : ''}`,
    hint,
    'UnknownEventType',
  );
}
