import { plainData } from '../json-text.ts';
import { described, type Field, shownPath } from './field.ts';
import { isMapping, mapping, named } from './mappings.ts';
import { text, wholeNumber } from './scalars.ts';

/** An event type as it is written down: its schema may stand in a file of its own. */
export interface EventDefinition {
  readonly topic?: string | undefined;
  readonly version?: number | undefined;
  /** A schema, or the path of a JSON file with one. */
  readonly schema?: string | boolean | Readonly<Record<string, unknown>> | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly sample?: unknown;
  readonly subject?: string | undefined;
  readonly group?: string | undefined;
}

const schema: Field<string | boolean | Readonly<Record<string, unknown>>> = {
  schema: { type: ['string', 'boolean', 'object'] },
  read(value, path, report) {
    if (typeof value === 'boolean' || (typeof value === 'string' && value !== '')) return value;
    if (isMapping(value)) return plainData(value) as Readonly<Record<string, unknown>>;
    report({
      path,
      what: `${shownPath(path)} must be a JSON Schema, or the path of a file with one`,
      hint: 'Write: schema: schemas/payment-captured.json',
    });
    return undefined;
  },
};

const attributes = named(text({ example: '"{{ data.currency }}"' }), {
  example: '{ currency: "{{ data.currency }}" }',
});

const anything: Field<unknown> = { schema: {}, read: (value) => plainData(value) };

/** What is known of an event type. */
export const eventField: Field<EventDefinition> = mapping(
  {
    topic: described(
      'The topic that it is published to; needed where there are several.',
      text({ example: 'payments', words: "must be a topic's key" }),
    ),
    version: described('event_version; 1 unless given.', wholeNumber({ least: 1, example: 1 })),
    schema: described('JSON Schema of its data, or a file with one.', schema),
    attributes: described(
      'Message attributes besides event_type, by name or name:Number.',
      attributes,
    ),
    sample: described('What publish sends where no data is given.', anything),
    subject: described(
      'The subject of its messages; none unless given.',
      text({ example: '"Payment: {{ event_type }}"' }),
    ),
    group: described(
      'On a FIFO topic: the group of its messages; all events are one group unless given.',
      text({ example: '"{{ data.account }}"' }),
    ),
  },
  { example: '{ version: 1 }' },
);
