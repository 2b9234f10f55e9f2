import { buildTopology } from '../lib/definition/build.ts';
import { checkDefinition } from '../lib/definition/check-definition.ts';
import type { EventDefinition } from '../lib/definition/fields/event-field.ts';
import { described, type Report } from '../lib/definition/fields/field.ts';
import { mapping } from '../lib/definition/fields/mappings.ts';
import { text } from '../lib/definition/fields/scalars.ts';
import type { EventSpec, Topology } from '../lib/definition/topology.ts';
import { TOPOLOGY_FIELDS } from '../lib/definition/topology-fields.ts';
import { usageError } from '../lib/rules/errors.ts';
import { checkArgument, RULES } from './check-options.ts';
import type { TopologyDefinition } from './definition-types.ts';

/** The type of the data of each event type: `{ 'weather.changed': { celsius: number } }`. */
export type EventMap = Record<string, unknown>;
/** An `EventMap` that may also be an interface. */
export type AnyEvents<E> = { readonly [K in keyof E]: unknown };

/** A topology with the types of its events. */
export interface DefinedTopology<E> extends Topology {
  /** Only for the compiler; it has no value. */
  readonly '~events'?: E;
}

const { topology: nameField, ...rest } = TOPOLOGY_FIELDS;
const DEFINITION = mapping(
  {
    name: nameField,
    topic: text({ example: 'weather-events' }),
    prefix: described(
      'Prefix of every resource name; a dash comes between.',
      text({
        pattern: /^[A-Za-z0-9_-]*$/,
        words: 'must be letters, digits, "-" and "_"',
        example: 'dev',
      }),
    ),
    ...rest,
  },
  { example: "Such as: defineTopology({ name: 'weather', subscribers: { display: {} } })" },
);

/**
 * Defines a topology for publishers, subscribers and `setUpTopology`. It has the settings of a `pubsub.yaml` and is
 * checked in the same way. It sends no requests.
 * @param definition the topology's settings; or a topology from `loadTopology`, which is returned with the types of its
 * events.
 * @throws AppError `InvalidTopology`, `InvalidName` or `InvalidFilterPolicy` for an unknown setting, or a value that
 * AWS refuses.
 */
export function defineTopology<E extends AnyEvents<E> = EventMap>(
  definition: TopologyDefinition<E> | Topology,
): DefinedTopology<E> {
  checkArgument('definition', 'defineTopology', definition, RULES.object);
  if (isTopology(definition)) return definition;
  const {
    name = '',
    topic,
    prefix = '',
    topics,
    ...read
  } = DEFINITION.read(plainForm(definition), [], refuse) ?? {};
  if (topic !== undefined && topics !== undefined) {
    refuse({
      path: ['topics'],
      what: 'topic and topics say the same',
      hint: 'Leave one of them out.',
    });
  }
  const written = {
    ...read,
    subscribers: read.subscribers ?? {},
    topics: topics ?? { [topic ?? `${name}-events`]: {} },
  };
  checkDefinition(written, refuse);
  const { events = {} } = written;
  return buildTopology({ ...written, name, events: eventSpecs(events) }, { prefix });
}

function isTopology<E>(definition: TopologyDefinition<E> | Topology): definition is Topology {
  return RULES.topology.fits(definition);
}

const refuse: Report = ({ path, what, hint, atKey }): never => {
  const last = path.at(-1);
  const isName = atKey
    ? !what.startsWith('unknown key')
    : ['name', 'topic', 'queue'].includes(String(last));
  const code =
    last === 'filterPolicy' ? 'InvalidFilterPolicy' : isName ? 'InvalidName' : 'InvalidTopology';
  throw usageError(
    what.endsWith('?') ? what : `${what}.`,
    hint.replace(/^Write: /, 'Such as: '),
    code,
  );
};

/**
 * What a program says in the form of the file: keys without values left out, and what the file has in `dlq` put there.
 */
function plainForm(definition: object): Record<string, unknown> {
  const { subscribers, ...others } = withoutUndefined(definition);
  if (typeof subscribers !== 'object' || subscribers === null) return { ...others, subscribers };
  const entries = Object.entries(subscribers).map(([name, given]: [string, unknown]) => {
    if (typeof given !== 'object' || given === null) return [name, given];
    const { dlq, maxReceiveCount, dlqRetention, ...own } = given as Record<string, unknown>;
    if (dlq === false) return [name, { ...own, dlq }];
    const named = typeof dlq === 'string' ? { queue: dlq } : dlq;
    const dead = withoutUndefined({
      ...(typeof named === 'object' ? named : {}),
      ...(maxReceiveCount === undefined ? {} : { maxReceiveCount }),
      ...(dlqRetention === undefined ? {} : { retention: dlqRetention }),
    });
    return [name, { ...own, dlq: named !== undefined && typeof named !== 'object' ? named : dead }];
  });
  return { ...others, subscribers: Object.fromEntries(entries) };
}

/** Without keys that have no value, at all depths but that of data: filters, schemas and samples stay as they are. */
function withoutUndefined(value: object): Record<string, unknown> {
  const entries = Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    if (each === undefined) return [];
    const isData = ['filterPolicy', 'schema', 'sample'].includes(key);
    const isMapping = typeof each === 'object' && each !== null && !Array.isArray(each);
    return [[key, isMapping && !isData ? withoutUndefined(each) : each]];
  });
  return Object.fromEntries(entries);
}

function eventSpecs(events: Readonly<Record<string, EventDefinition>>): Record<string, EventSpec> {
  return Object.fromEntries(
    Object.entries(events).map(([type, { version = 1, schema, ...other }]) => {
      if (typeof schema === 'string') {
        throw usageError(
          `events.${type}.schema must be a JSON Schema, not a path.`,
          'Give the schema itself, or read the file with loadTopology.',
          'InvalidSchema',
        );
      }
      return [type, { ...other, version, schema }];
    }),
  );
}
