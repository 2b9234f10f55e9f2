import { LosslessNumber } from 'lossless-json';
import { readDuration } from '../../rules/text/duration.ts';
import { nearest } from '../../rules/text/nearest.ts';
import { shownText } from '../../rules/text/shown-text.ts';
import { type Field, lastKey, type Path, type Report, shownPath } from './field.ts';

/** What YAML 1.1 took for `true` and `false`. */
const YAML_1_1_BOOLEANS: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  y: true,
  no: false,
  off: false,
  n: false,
};

/** `true` or `false`. */
export function flag(): Field<boolean> {
  return {
    schema: { type: 'boolean' },
    read(value, path, report) {
      if (typeof value === 'boolean') return value;
      const meant = YAML_1_1_BOOLEANS[String(value).toLowerCase()] ?? true;
      return refuse(value, path, report, 'must be true or false', String(meant));
    },
  };
}

/**
 * A text.
 * @param rule.pattern that it has to match, and `words` for it. @param rule.example such a text.
 */
export function text(rule: {
  readonly pattern?: RegExp;
  readonly most?: number;
  readonly words?: string;
  readonly example: string;
}): Field<string> {
  const { pattern, most, words = 'must be text', example } = rule;
  return {
    schema: {
      type: 'string',
      ...(pattern && { pattern: pattern.source }),
      ...(most !== undefined && { maxLength: most }),
    },
    read(value, path, report) {
      const fits =
        typeof value === 'string' &&
        (pattern === undefined || pattern.test(value)) &&
        (most === undefined || [...value].length <= most);
      return fits ? value : refuse(value, path, report, words, example);
    },
  };
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): Field<T> {
  return {
    schema: { enum: words },
    read(value, path, report) {
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      const near = typeof value === 'string' ? nearest(value, words) : undefined;
      return refuse(
        value,
        path,
        report,
        `must be ${words.join(' or ')}`,
        near ?? words.at(-1) ?? '',
      );
    },
  };
}

/** A whole number between two bounds, both included. */
export function wholeNumber(bounds: {
  readonly least: number;
  readonly most?: number;
  readonly example: number;
}): Field<number> {
  const { least, most, example } = bounds;
  const range = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
  return {
    schema: { type: 'integer', minimum: least, ...(most !== undefined && { maximum: most }) },
    read(value, path, report) {
      const number = numberOf(value);
      if (
        number !== undefined &&
        Number.isSafeInteger(number) &&
        number >= least &&
        number <= (most ?? Number.MAX_SAFE_INTEGER)
      ) {
        return number;
      }
      return refuse(value, path, report, `must be a whole number ${range}`, String(example));
    },
  };
}

/** A length of time in seconds: a whole number of them, or `90s`, `15m`, `12h`, `4d`. Bounds are in seconds. */
export function duration(bounds: {
  readonly least: number;
  readonly most: number;
  readonly example: string;
}): Field<number> {
  const { least, most, example } = bounds;
  const words = `must be a length of time from ${least}s to ${most}s (${inLargestUnit(most)})`;
  return {
    schema: {
      anyOf: [
        { type: 'integer', minimum: least, maximum: most },
        { type: 'string', pattern: '^\\s*(\\d{1,9}|(\\d{1,9}[smhdw])+)\\s*$' },
      ],
      examples: [example],
    },
    read(value, path, report) {
      const seconds = typeof value === 'string' ? readDuration(value) : numberOf(value);
      if (seconds !== undefined && Number.isInteger(seconds) && seconds >= least && seconds <= most)
        return seconds;
      return refuse(value, path, report, words, example);
    },
  };
}

/** `false`, or something else. */
export function orFalse<T>(field: Field<T>): Field<T | false> {
  return {
    schema: { anyOf: [{ const: false }, field.schema] },
    read: (value, path, report) => (value === false ? false : field.read(value, path, report)),
  };
}

/** The number that a value is, kept to the letter or not; undefined for anything else. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof LosslessNumber ? Number(value.toString()) : undefined;
}

/** Reports a value that can't be. @param words the rule. @param example what could stand there. */
export function refuse(
  value: unknown,
  path: Path,
  report: Report,
  words: string,
  example: string,
): undefined {
  report({
    path,
    what: `${shownPath(path)} ${words}${foundInstead(value)}`,
    hint: `Write: ${lastKey(path)}: ${example}`,
  });
}

/** The value in a message, where it is short. */
export function foundInstead(value: unknown): string {
  if (typeof value === 'object' && value !== null && !(value instanceof LosslessNumber)) return '';
  return `, not ${value === null || value === undefined ? 'empty' : `"${shownText(String(value))}"`}`;
}

function inLargestUnit(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds % each === 0 && seconds >= each) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}
