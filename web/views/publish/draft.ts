import type { EventView, MessageAttribute } from '../../../src/lib/dashboard/api/index.ts';
import {
  compactObjectOf,
  isJson,
  type JsonMember,
  membersOf,
  objectOf,
} from '../../text/json-text.ts';

/** What a schema says of a field, as far as the form needs it. */
export interface FieldSchema {
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'json';
  /** JSON texts to choose from. */
  readonly choices: readonly string[];
  readonly description: string | undefined;
  readonly required: boolean;
}

/** An event that is being written: as fields, or as a JSON text. Values are JSON texts and stay to the letter. */
export interface Draft {
  readonly as: 'fields' | 'json';
  readonly fields: readonly JsonMember[];
  readonly text: string;
  /** Besides those that the event brings: further ones, or other values. */
  readonly attributes: readonly MessageAttribute[];
}

/** What the form begins with. @param event undefined for a type that the catalogue doesn't have */
export function draftOf(event: EventView | undefined): Draft {
  const text = event?.sample ?? '{}';
  const fields = membersOf(text);
  return {
    as: fields === undefined || fields.length === 0 ? 'json' : 'fields',
    fields: fields ?? [],
    text,
    attributes: [],
  };
}

/** The fields of a draft as JSON text. It is none while somebody types what is none. */
export function dataOf({ as, fields, text }: Draft): string {
  return as === 'fields' ? compactObjectOf(fields) : text;
}

/** The draft in the other form; undefined where the text has no fields. */
export function switched(draft: Draft): Draft | undefined {
  if (draft.as === 'fields') return { ...draft, as: 'json', text: objectOf(draft.fields) };
  const fields = membersOf(draft.text);
  return fields && { ...draft, as: 'fields', fields };
}

type Schema = Readonly<Record<string, unknown>>;

/** What a schema says of one field. @param value what stands there, which tells where the schema doesn't */
export function fieldSchema(
  event: EventView | undefined,
  { name, value }: JsonMember,
): FieldSchema {
  const whole = asSchema(event?.schema);
  const schema = asSchema(asSchema(whole.properties)[name]);
  const required = Array.isArray(whole.required) && whole.required.includes(name);
  const description = typeof schema.description === 'string' ? schema.description : undefined;
  const choices = Array.isArray(schema.enum) ? schema.enum.map((each) => JSON.stringify(each)) : [];
  return { kind: kindOf(schema, value, choices.length > 0), choices, description, required };
}

/** Fields that the schema has and the draft hasn't. */
export function missingFields(
  event: EventView | undefined,
  fields: readonly JsonMember[],
): string[] {
  const known = Object.keys(asSchema(asSchema(event?.schema).properties));
  return known.filter((name) => !fields.some((field) => field.name === name));
}

/** The JSON text that a new field begins with. */
export function emptyValue(kind: FieldSchema['kind'], choices: readonly string[]): string {
  const values = {
    text: '""',
    number: '0',
    boolean: 'false',
    choice: choices[0] ?? '""',
    json: 'null',
  };
  return values[kind];
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {};
}

function kindOf({ type }: Schema, value: string, hasChoices: boolean): FieldSchema['kind'] {
  if (hasChoices) return 'choice';
  if (type === 'boolean') return 'boolean';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'string' || (isJson(value) && value.startsWith('"'))) return 'text';
  if (/^-?\d/.test(value)) return 'number';
  return value === 'true' || value === 'false' ? 'boolean' : 'json';
}
