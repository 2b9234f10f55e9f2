import { isRecord } from '../events/json-value.ts';
import { EVENT_FIELDS } from '../events/message.ts';
import { literal, propertyName } from './literal.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/**
 * The TypeScript type of what a JSON Schema describes, as far as it says; `unknown` for the rest. At its first level
 * without the fields that every event has.
 */
export function schemaType(schema: unknown): string {
  return isRecord(schema) && isRecord(schema.properties)
    ? objectType(schema, EVENT_FIELDS, ['{\n    ', ';\n    ', ';\n  }'])
    : 'Record<string, unknown>';
}

function typeOf(schema: unknown): string {
  if (!isRecord(schema)) return 'unknown';
  const { type, enum: values, anyOf, oneOf, items } = schema;
  if ('const' in schema) return literalType(schema.const);
  if (Array.isArray(values)) return values.map(literalType).join(' | ');
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return union(choices.map(typeOf));
  if (Array.isArray(type)) return union(type.map((each) => typeOf({ ...schema, type: each })));
  if (type === 'array') return `readonly (${typeOf(items)})[]`;
  if (type === 'object' && isRecord(schema.properties)) return objectType(schema, []);
  return SIMPLE[String(type)] ?? (type === 'object' ? 'Record<string, unknown>' : 'unknown');
}

function objectType(
  { properties, required }: Readonly<Record<string, unknown>>,
  except: readonly string[],
  [open, between, close] = ['{ ', '; ', ' }'],
): string {
  const entries = Object.entries(isRecord(properties) ? properties : {}).flatMap(
    ([name, property]) => {
      const needed = Array.isArray(required) && required.includes(name);
      return except.includes(name)
        ? []
        : [`${propertyName(name)}${needed ? '' : '?'}: ${typeOf(property)}`];
    },
  );
  return entries.length === 0
    ? 'Record<string, unknown>'
    : `${open}${entries.join(between)}${close}`;
}

function literalType(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'unknown' : literal(value, 'ts');
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}
