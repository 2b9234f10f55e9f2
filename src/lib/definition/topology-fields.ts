import type {
  FunctionDefinition,
  SubscriberDefinition,
  TableDefinition,
  TopicDefinition,
} from './definition.ts';
import { type EventDefinition, eventField } from './fields/event-field.ts';
import { described, type Field } from './fields/field.ts';
import { functionField } from './fields/function-field.ts';
import { mapping, named } from './fields/mappings.ts';
import { flag, text } from './fields/scalars.ts';
import { subscriberField } from './fields/subscriber-field.ts';
import { tableField } from './fields/table-field.ts';
import { topicField } from './fields/topic-field.ts';

/** A topology as a file says it, or as much of one as it says. */
export interface WrittenTopology {
  readonly topology?: string | undefined;
  readonly fifo?: boolean | undefined;
  readonly names?: { readonly queue?: string | undefined; readonly dlq?: string | undefined };
  readonly topics?: Readonly<Record<string, TopicDefinition>> | undefined;
  readonly subscribers?: Readonly<Record<string, SubscriberDefinition>> | undefined;
  readonly events?: Readonly<Record<string, EventDefinition>> | undefined;
  readonly tables?: Readonly<Record<string, TableDefinition>> | undefined;
  readonly functions?: Readonly<Record<string, FunctionDefinition>> | undefined;
  readonly managed?: boolean | undefined;
}

/** Names of topologies, topics and subscribers: parts of resource names, and words of a command line. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
/** As above; a FIFO topic may be called by its whole name. */
const TOPIC_KEY = /^[A-Za-z0-9_-]+(\.fifo)?$/;
/** Longest name of a topology: it is a tag's value, and a part of queues' names. */
const MAX_TOPOLOGY_NAME = 64;
/** An event type is a message attribute's value. */
const MAX_EVENT_TYPE = 256;

const pattern = (example: string): Field<string> =>
  text({
    pattern:
      /^[A-Za-z0-9_-]*\{subscriber\}[A-Za-z0-9_-]*$|^[A-Za-z0-9_-]*\{topology\}[A-Za-z0-9_-]*\{subscriber\}[A-Za-z0-9_-]*$/,
    words: 'must be a name with {subscriber} in it, and {topology} before that if you like',
    example: `"${example}"`,
  });

/** The rule of what tables and functions are called here. */
function keyRule(kind: string) {
  return {
    pattern: NAME,
    name: (key: string) =>
      NAME.test(key)
        ? undefined
        : {
            what: `"${key}" can't be a ${kind}'s key`,
            hint: 'Keys have letters, digits, "-" and "_".',
          },
  };
}

/** What a project's file may say of its topology, by key. */
export const TOPOLOGY_FIELDS = {
  topology: described(
    "The topology's name; that of the folder unless given.",
    text({
      pattern: NAME,
      most: MAX_TOPOLOGY_NAME,
      words: `must be a name of at most ${MAX_TOPOLOGY_NAME} letters, digits, "-" and "_"`,
      example: 'payments',
    }),
  ),
  topics: described(
    'The topics, by what they are called here.',
    named(topicField, {
      example: '{ payments: {} }',
      pattern: TOPIC_KEY,
      name: (key) =>
        TOPIC_KEY.test(key)
          ? undefined
          : {
              what: `"${key}" can't be a topic's key`,
              hint: 'Keys have letters, digits, "-" and "_".',
            },
    }),
  ),
  subscribers: described(
    'The subscribers, by name.',
    named(subscriberField, {
      example: '{ ledger: { rawDelivery: true } }',
      pattern: NAME,
      name: (name) =>
        NAME.test(name) && name !== 'all'
          ? undefined
          : {
              what: `"${name}" can't be a subscriber's name`,
              hint: 'Names have letters, digits, "-" and "_", and "all" means all of them.',
            },
    }),
  ),
  events: described(
    'The event types; without them every JSON object may be published.',
    named(eventField, {
      example: '{ payment.captured: { version: 1 } }',
      name: (type) =>
        type !== '' && type.length <= MAX_EVENT_TYPE && !/[\p{Cc}]/u.test(type)
          ? undefined
          : {
              what: `"${type.slice(0, 20)}" can't be an event type`,
              hint: `Types have 1 to ${MAX_EVENT_TYPE} characters, such as payment.captured.`,
            },
    }),
  ),
  tables: described(
    'The DynamoDB tables, by what they are called here.',
    named(tableField, { example: '{ Payments: { key: paymentId } }', ...keyRule('table') }),
  ),
  functions: described(
    'The Lambda functions, by what they are called here.',
    named(functionField, {
      example: '{ OrderProcessor: { runtime: nodejs24.x, code: lambda/ } }',
      ...keyRule('function'),
    }),
  ),
  fifo: described('Whether topics are FIFO ones unless they say otherwise.', flag()),
  names: described(
    'Patterns of the names of queues that have none.',
    mapping(
      {
        queue: pattern('{subscriber}-service-queue'),
        dlq: pattern('{subscriber}-service-dlq'),
      },
      { example: '{ queue: "{subscriber}-service-queue" }' },
    ),
  ),
  managed: described('False where it only describes what others made.', flag()),
} as const;

/** The keys of a topology in a file. */
export const TOPOLOGY_KEYS = Object.keys(TOPOLOGY_FIELDS) as readonly (keyof WrittenTopology)[];
