import { chooseTopic } from '../../definition/find.ts';
import type { TopicSpec, Topology } from '../../definition/topology.ts';
import { checkAttribute, type MessageAttribute } from '../../events/attributes.ts';
import { assertKnown, createEventMaker } from '../../events/event-maker.ts';
import { parseGivenFields } from '../../events/given-fields.ts';
import type { OutgoingEvent } from '../../events/outgoing-event.ts';
import { compileMessageCheck } from '../../events/schemas.ts';
import { attributesField, optionalText, textField } from '../http/fields.ts';
import type { JsonBody } from '../http/read-json.ts';

/** An event that a request describes. */
export interface AskedEvent {
  readonly topic: TopicSpec;
  readonly type: string;
  /** The fields as they were typed. */
  readonly data: string;
  readonly event: OutgoingEvent;
  /** Attributes besides those that the event has. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Whether the request names the topic. */
  readonly namesTopic: boolean;
}

/**
 * Makes the event that a request describes, as `pubsub publish` would.
 * @throws AppError or HttpFailure 400 for what can't be published.
 */
export async function readEvent(
  { events, ...topology }: Topology,
  body: JsonBody,
): Promise<AskedEvent> {
  const type = textField(body, 'type');
  const data = textField(body, 'data');
  const named = optionalText(body, 'topic') || undefined;
  assertKnown(events, type);
  const topic = chooseTopic({ events, ...topology }, named ?? events[type]?.topic);
  const check = await compileMessageCheck(events);
  const given = data.trim() === '' ? {} : parseGivenFields(data);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const event = createEventMaker({ events, type, check, seed }).sample(given, 1);
  const attributes = Object.fromEntries(
    attributesField(body, 'attributes')
      .filter(({ name }) => name !== 'event_type')
      .map(({ name, ...attribute }) => [name, checkAttribute(name, attribute)]),
  );
  return { topic, type, data, event, attributes, namesTopic: named !== undefined };
}

/** The words of a command about the event. @param name of the command. */
export function eventWords(
  name: 'publish' | 'explain',
  { type, data, attributes, topic, namesTopic }: AskedEvent,
): string[] {
  return [
    name,
    type,
    ...(data.trim() === '' ? [] : ['--data', data.trim()]),
    ...Object.entries(attributes).flatMap(([key, { type: kind, value }]) => [
      '--attribute',
      kind === 'String' ? `${key}=${value}` : `${key}:${kind}=${value}`,
    ]),
    ...(namesTopic ? ['--topic', topic.key] : []),
  ];
}
