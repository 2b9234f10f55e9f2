import { LosslessNumber } from 'lossless-json';
import { nearest } from '../../rules/text/nearest.ts';
import { type Field, lastKey, type Path, type Report, shownPath } from './field.ts';
import { foundInstead } from './scalars.ts';

/** The fields of a mapping, by key. */
type Fields = Readonly<Record<string, Field<unknown>>>;
/** What a mapping of such fields is read to: each key may be missing. */
export type Read<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? T | undefined : never;
};

/**
 * A mapping with known keys; any may be missing, an unknown one is a problem. Nothing at all counts as an empty one.
 * @param options.example what could stand there, in one line.
 */
export function mapping<const F extends Fields>(
  fields: F,
  options: { readonly example: string },
): Field<Read<F>> {
  const keys = Object.keys(fields);
  return {
    schema: {
      type: ['object', 'null'],
      properties: Object.fromEntries(keys.map((key) => [key, fields[key]?.schema])),
      additionalProperties: false,
    },
    read(value, path, report) {
      const entries = entriesOf(value, path, report, options.example);
      const read: Record<string, unknown> = {};
      for (const [key, each] of entries ?? []) {
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
        if (field === undefined) unknownKey(key, keys, path, report);
        else read[key] = field.read(each, [...path, key], report);
      }
      return read as Read<F>;
    },
  };
}

/**
 * A mapping of names of the user's to things of one kind; nothing at all counts as an empty one.
 * @param options.name says why a name can't be one; `pattern` is as much of that as a JSON Schema can say.
 */
export function named<T>(
  field: Field<T>,
  options: {
    readonly example: string;
    readonly pattern?: RegExp;
    readonly name?: (name: string) => { readonly what: string; readonly hint: string } | undefined;
  },
): Field<Readonly<Record<string, T>>> {
  return {
    schema: {
      type: ['object', 'null'],
      additionalProperties: field.schema,
      ...(options.pattern && { propertyNames: { pattern: options.pattern.source } }),
    },
    read(value, path, report) {
      const read: [string, T][] = [];
      for (const [name, each] of entriesOf(value, path, report, options.example) ?? []) {
        const at = [...path, name];
        const refused = options.name?.(name);
        if (refused) report({ ...refused, path: at, atKey: true });
        const item = field.read(each, at, report);
        if (item !== undefined) read.push([name, item]);
      }
      return Object.fromEntries(read);
    },
  };
}

/** The entries of a mapping; none where it is empty, undefined where it is something else. */
export function entriesOf(
  value: unknown,
  path: Path,
  report: Report,
  example: string,
): [string, unknown][] | undefined {
  if (value === null || value === undefined) return [];
  if (isMapping(value)) return Object.entries(value);
  const where = path.length === 0 ? 'the file' : shownPath(path);
  report({
    path,
    what: `${where} must be a mapping${path.length === 0 ? ' of keys' : foundInstead(value)}`,
    hint: path.length === 0 ? example : `Write: ${lastKey(path)}: ${example}`,
  });
  return undefined;
}

/** Whether a value is a mapping, and no list, text or number. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof LosslessNumber)
  );
}

function unknownKey(key: string, known: readonly string[], path: Path, report: Report): void {
  const near = nearest(key, known);
  report({
    path: [...path, key],
    atKey: true,
    what: `unknown key "${shownPath([...path, key])}"${near ? `, did you mean "${near}"?` : ''}`,
    hint: `Known keys: ${known.join(', ')}.`,
  });
}
