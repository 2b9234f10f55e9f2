import { randomUUID } from 'node:crypto';
import { stringify } from 'lossless-json';
import { attributeOf, type MessageAttribute } from './attributes.ts';
import type { EventWriter } from './event-codec.ts';
import type { GivenFields } from './given-fields.ts';
import { isRecord } from './json-value.ts';
import { type EventMessage, messageData, readMessage } from './message.ts';
import { type CheckMessage, invalidMessage } from './message-reader.ts';
import { seededRandom } from './random.ts';
import { fillTemplate, isCounter, type TemplateContext } from './template.ts';

/** How events of a type are made. */
export interface EventRecipe {
  /** `event_version`, a whole number from 1. */
  readonly version?: number | undefined;
  readonly schema?: object | boolean | undefined;
  /** Templates of attributes besides `event_type`, by name or `name:Type`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Template of the data. */
  readonly sample?: unknown;
  /** Template of the message's subject. */
  readonly subject?: string | undefined;
  /** Template of the group on a FIFO topic. */
  readonly group?: string | undefined;
}

/** An event that is ready to be published. */
export interface OutgoingEvent {
  readonly message: EventMessage;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly subject: string | undefined;
  /** Its group on a FIFO topic. */
  readonly group: string;
}

/** Where an event stands among those that are made. */
export interface EventPlace {
  /** From 1. */
  readonly count: number;
  /** Repeats the samples. */
  readonly seed: number;
}

/** The FIFO group of events of which nothing is said: all keep their order. */
const EVERY_GROUP = 'events';

/** Outgoing events as messages. */
export const outgoingEvents: EventWriter<OutgoingEvent> = {
  serialize: ({ message }) => message.text,
  subject: ({ subject }) => subject,
  attributes: ({ attributes }) => attributes,
  id: ({ message }) => message.id,
  group: ({ group }) => group,
};

/** The fields of a sample; given fields come in the place of its own, and where it counts, it goes on from them. */
export function sampleFields(
  recipe: EventRecipe | undefined,
  given: GivenFields,
  place: EventPlace,
): GivenFields {
  const { sample } = recipe ?? {};
  if (!isRecord(sample) || isOtherVersion(recipe, given)) return given;
  const own = Object.fromEntries(Object.entries(sample).filter(([name]) => !(name in given)));
  const filled = fillTemplate(own, contextOf(place, given)) as GivenFields;
  const fields = Object.keys(sample).map((name) => {
    const value = name in given ? given[name] : filled[name];
    return [name, isCounter(sample[name]) && name in given ? countedOn(value, place) : value];
  });
  return { ...Object.fromEntries(fields), ...omit(given, Object.keys(sample)) };
}

/**
 * Completes fields to an event: an id of its own, its type and version, what its schema has a default for, and the
 * present time. Fields that make up a CloudEvent, or an event of another service, stay as they are.
 * @param text to the letter, where the fields came as text. @throws AppError `InvalidEvent` (exit 2).
 */
export function completeEvent(
  type: string | undefined,
  recipe: EventRecipe | undefined,
  given: GivenFields,
  options: { readonly place: EventPlace; readonly check: CheckMessage; readonly text?: string },
): OutgoingEvent {
  const text = options.text ?? stringify(given) ?? '';
  const asGiven = messageOf(text, type);
  const isOthers = ['cloudevents', 'eventbridge', 's3'].includes(asGiven.kind);
  const message = isOthers ? asGiven : messageOf(eventText(type, recipe, given), type);
  const problem = options.check(message);
  if (problem !== undefined) throw invalidMessage(message.type, problem);
  return outgoing(message, recipe, options.place);
}

/** A body as it is, with what its type says of the message around it. */
export function rawEvent(
  type: string | undefined,
  recipe: EventRecipe | undefined,
  text: string,
  place: EventPlace,
): OutgoingEvent {
  return outgoing(messageOf(text, type), recipe, place);
}

function messageOf(text: string, type: string | undefined): EventMessage {
  const attributes: Record<string, MessageAttribute> =
    type === undefined ? {} : { event_type: { type: 'String', value: type } };
  // Nothing else tells it from others: SNS gives it an id only when it takes it.
  return readMessage({ messageId: randomUUID(), text, attributes });
}

function eventText(
  type: string | undefined,
  recipe: EventRecipe | undefined,
  given: GivenFields,
): string {
  const { version = 1, sample } = recipe ?? {};
  const names = isRecord(sample) ? Object.keys(sample) : [];
  const all: GivenFields = { ...defaultsOf(recipe, given), ...given };
  const first = Object.fromEntries(
    names.flatMap((name) => (name in all ? [[name, all[name]]] : [])),
  );
  return (
    stringify({
      event_id: all.event_id ?? randomUUID(),
      ...(type === undefined ? {} : { event_type: type }),
      ...(version === 1 ? {} : { event_version: version }),
      ...first,
      ...('timestamp' in first ? {} : { timestamp: new Date().toISOString() }),
      ...omit(all, [...names, 'event_id', 'event_type']),
    }) ?? ''
  );
}

function outgoing(
  message: EventMessage,
  recipe: EventRecipe | undefined,
  place: EventPlace,
): OutgoingEvent {
  const { type } = message;
  const { attributes, subject, group } = fillRecipe(recipe, message, place);
  return {
    message,
    attributes: {
      ...(type === undefined ? {} : { event_type: { type: 'String', value: type } }),
      ...attributes,
    },
    subject,
    group: group || EVERY_GROUP,
  };
}

/**
 * What a recipe says of the message around an event: attributes besides `event_type`, those that come out empty left
 * out; its subject and group.
 * @throws AppError (exit 2) for a template that is none, and for an attribute that SNS refuses.
 */
export function fillRecipe(
  { subject, group, attributes = {} }: EventRecipe = {},
  message: EventMessage,
  place: EventPlace,
) {
  const data = messageData(message);
  const context = contextOf(place, isRecord(data) ? data : {}, message);
  const fill = (template: string): string => String(fillTemplate(template, context) ?? '');
  const own = Object.entries(attributes).flatMap(([key, template]) => {
    const [name = '', kind = 'String'] = key.split(':');
    const value = fill(template);
    return value === '' ? [] : [[name, attributeOf(name, { type: kind, value })] as const];
  });
  return {
    attributes: Object.fromEntries(own),
    subject: subject === undefined ? undefined : fill(subject),
    group: group === undefined ? undefined : fill(group),
  };
}

function contextOf(
  { count, seed }: EventPlace,
  data: GivenFields,
  message?: EventMessage,
): TemplateContext {
  const fields = message !== undefined && isRecord(message.value) ? message.value : {};
  const lookup = (path: string): unknown => {
    const [root, ...names] = path.split('.');
    if (root !== 'data') {
      return {
        event_type: message?.type,
        event_id: message?.id,
        event_version: fields.event_version ?? 1,
      }[path];
    }
    return names.reduce<unknown>(
      (value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      data,
    );
  };
  return { random: seededRandom(seed, count), count, now: new Date(), lookup };
}

/** What a schema has a default for, of its first level. */
function defaultsOf(recipe: EventRecipe | undefined, given: GivenFields): GivenFields {
  const properties = isRecord(recipe?.schema) ? recipe.schema.properties : undefined;
  if (!isRecord(properties) || isOtherVersion(recipe, given)) return {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      isRecord(property) && 'default' in property ? [[name, property.default]] : [],
    ),
  );
}

/** Whether a version is given that the recipe is not for: it has other fields. */
function isOtherVersion(recipe: EventRecipe | undefined, given: GivenFields): boolean {
  const { event_version: version } = given;
  return version !== undefined && Number(version) !== (recipe?.version ?? 1);
}

/** A given number goes on with each event. */
function countedOn(value: unknown, { count }: EventPlace): unknown {
  const first = Number(String(value));
  return Number.isSafeInteger(first) && count > 1 ? first + count - 1 : value;
}

function omit(fields: GivenFields, names: readonly string[]): GivenFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
