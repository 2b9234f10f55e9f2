import type { ErrorObject } from 'ajv';
import { nearest } from '../rules/text/nearest.ts';
import { shownText, shownValue } from '../rules/text/shown-text.ts';
import { isRecord } from './json-value.ts';

/** Problems that a sentence names. */
const SHOWN_PROBLEMS = 3;

/** What breaks a schema, as the end of a sentence: `amount is missing`, or `payment_id must be >= 1, not 0`. */
export function schemaProblem(errors: readonly ErrorObject[]): string {
  const problems = [...new Set(relevant(errors).map(wordsOf))];
  const more = problems.length - SHOWN_PROBLEMS;
  return [...problems.slice(0, SHOWN_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])].join(
    '; ',
  );
}

/** Of alternatives the one whose type the value has: that `anyOf` failed and the other branch's type says nothing. */
function relevant(errors: readonly ErrorObject[]): ErrorObject[] {
  const isBranch = (error: ErrorObject) => /\/(?:anyOf|oneOf)\/\d+\//.test(error.schemaPath);
  const branches = errors.filter(isBranch);
  const places = new Set(
    branches.filter(({ keyword }) => keyword !== 'type').map(({ instancePath }) => instancePath),
  );
  return errors.filter((error) => {
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      return !branches.some(({ instancePath }) => instancePath === error.instancePath);
    }
    return !(isBranch(error) && error.keyword === 'type' && places.has(error.instancePath));
  });
}

function wordsOf(error: ErrorObject): string {
  const { keyword, params, data } = error;
  const at = error.instancePath.slice(1).replaceAll('/', '.');
  const place = shownText(at || 'data');
  if (keyword === 'required') return `${shownText(join(at, params.missingProperty))} is missing`;
  if (keyword === 'additionalProperties') {
    return `${shownText(join(at, params.additionalProperty))} is not one of its fields`;
  }
  const { description } = isRecord(error.parentSchema) ? error.parentSchema : {};
  if (typeof description !== 'string') return `${place} ${ruleOf(error)}, not ${shownValue(data)}`;
  // Words about the field say more than a regular expression.
  if (keyword === 'pattern') {
    return `${place} has the wrong form: ${shownValue(data)} (${description})`;
  }
  return `${place} ${ruleOf(error)}, not ${shownValue(data)} (${description})`;
}

function ruleOf({
  keyword,
  params,
  data,
  message = 'is not what its schema asks for',
}: ErrorObject) {
  switch (keyword) {
    case 'enum': {
      const values: readonly unknown[] = params.allowedValues;
      const near = typeof data === 'string' ? nearest(data, values.map(String)) : undefined;
      const known = `must be one of ${values.map(String).join(', ')}`;
      return near === undefined ? known : `${known} (did you mean "${near}"?)`;
    }
    case 'type':
      return `must be ${[params.type].flat().map(typeName).join(' or ')}`;
    case 'pattern':
      return `must match ${params.pattern}`;
    case 'const':
      return `must be ${shownValue(params.allowedValue)}`;
    case 'multipleOf':
      return `must be a multiple of ${params.multipleOf}`;
    default:
      return message;
  }
}

function typeName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    integer: 'a whole number',
    boolean: 'true or false',
    object: 'an object',
    array: 'an array',
  };
  return names[type] ?? type;
}

function join(path: string, name: unknown): string {
  return path === '' ? String(name) : `${path}.${String(name)}`;
}
