import { AppError } from '../rules/errors.ts';
import {
  type CloudEventParts,
  cloudEventProblem,
  type Fields,
  fromCloudEvent,
  toCloudEvent,
} from './cloud-event.ts';
import type { EventReader, EventWriter } from './event-codec.ts';
import { isRecord } from './json-value.ts';
import { type EventMessage, messageData, messageVersion, readMessage } from './message.ts';

/** An event: the fields that every event has, and its data. */
export interface PubsubEvent<T extends string = string, D = unknown> {
  /** The event's id. Copies of the event have the same. */
  readonly event_id: string;
  readonly event_type: T;
  /** Version of the data's shape: a whole number from 1. */
  readonly event_version: number;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly data: D;
  /** Who published it; CloudEvents only. */
  readonly source?: string;
}

/** The format in which events are written. Subscribers read both. */
export type EventFormat = 'pubsub' | 'cloudevents';

/** Why data is not what its schema asks for; undefined where it is, or where there is no schema. */
export type CheckData = (event: PubsubEvent) => string | undefined;

/** An event with the text that it becomes. */
export interface WrittenEvent {
  readonly event: PubsubEvent;
  readonly text: string;
  /** Its group on a FIFO topic. */
  readonly group: string;
}

/** The FIFO group of events of which nothing is said: all keep their order. */
const EVERY_GROUP = 'events';

/** Messages of events that were written before; subscriptions can filter by the attribute `event_type`. */
export const writtenEvents: EventWriter<WrittenEvent> = {
  serialize: ({ text }) => text,
  subject: () => undefined,
  attributes: ({ event }) => ({ event_type: event.event_type }),
  id: ({ event }) => event.event_id,
  group: ({ group }) => group,
};

/**
 * Writes an event as JSON: its fields as they are, or "CloudEvents 1.0, JSON Event Format" in structured mode, where
 * the version is the extension attribute `eventversion`.
 * @param source of a CloudEvent, a URI reference. @param group its group on a FIFO topic.
 * @throws AppError `InvalidEvent` where the event is none, or can't be written as JSON.
 */
export function writeEvent(
  event: PubsubEvent,
  format: EventFormat,
  source: string,
  check: CheckData,
  group = EVERY_GROUP,
): WrittenEvent {
  const parts = format === 'cloudevents' ? partsOf(event, source) : undefined;
  const problem = fieldProblem({ ...event }) ?? (parts && cloudEventProblem(parts)) ?? check(event);
  if (problem !== undefined) throw invalidEvent(problem);
  try {
    return { event, text: JSON.stringify(parts ? toCloudEvent(parts) : event), group };
  } catch (cause) {
    throw invalidEvent(`its data is not JSON: ${reasonOf(cause)}`, cause);
  }
}

/**
 * Reads messages of any kind as events: a message without an id has its own, one without a type has an empty one, and
 * what is not an event is its own data. Refused is what breaks the CloudEvents specification, or its type's schema.
 */
export function eventReader(check: CheckData): EventReader<PubsubEvent> {
  return {
    id: ({ event_id }) => event_id,
    type: ({ event_type }) => (event_type === '' ? undefined : event_type),
    read(incoming) {
      const message = readMessage(incoming);
      const { value } = message;
      const isCloudEvent = isRecord(value) && 'specversion' in value && message.kind !== 'event';
      const event = isCloudEvent ? readCloudEvent(value) : eventOf(message);
      const problem = check(event);
      if (problem !== undefined) throw invalidEvent(problem);
      return event;
    },
  };
}

function partsOf(event: PubsubEvent, source: string): CloudEventParts {
  const { event_id: id, event_type: type, timestamp: time, event_version: version, data } = event;
  return { id, source, type, time, version, data };
}

function readCloudEvent(fields: Fields): PubsubEvent {
  const read = fromCloudEvent(fields);
  if ('problem' in read) throw invalidEvent(read.problem);
  const { id, source, type, timestamp, version, data } = read.parts;
  const event = { event_id: id, event_type: type, event_version: version, timestamp, data, source };
  const problem = fieldProblem(event);
  if (problem !== undefined) throw invalidEvent(problem);
  return event as unknown as PubsubEvent;
}

function eventOf(message: EventMessage): PubsubEvent {
  const fields = isRecord(message.value) ? message.value : {};
  const version = messageVersion(message);
  const timestamp = fields.timestamp ?? fields.time;
  return {
    event_id: message.id,
    event_type: message.type ?? '',
    event_version: Number.isSafeInteger(version) && version >= 1 ? version : 1,
    timestamp: isText(timestamp) ? timestamp : new Date().toISOString(),
    data: messageData(message),
  };
}

function fieldProblem({ event_id, event_type, event_version, timestamp, data }: Fields) {
  if (!isText(event_id)) return 'event_id is missing';
  if (!isText(event_type)) return 'event_type is missing';
  if (!Number.isSafeInteger(event_version) || Number(event_version) < 1) {
    return 'event_version must be a whole number from 1';
  }
  if (!isText(timestamp) || Number.isNaN(Date.parse(timestamp))) {
    return 'timestamp must be an ISO 8601 time';
  }
  return data === undefined ? 'data is missing' : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function invalidEvent(reason: string, cause?: unknown): AppError {
  return new AppError({ code: 'InvalidEvent', message: `This is not an event: ${reason}.`, cause });
}
