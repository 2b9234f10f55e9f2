import { invalid } from '../errors.ts';
import type { Value } from '../template/evaluate.ts';
import { NO_VALUE, UNKNOWN } from '../template/evaluate.ts';
import type { PropertyTable, PropertyType } from './property-table.ts';

/** Properties of a resource: what its template says, in the types that its schema says. */
export type Properties = Readonly<Record<string, Value>>;

/**
 * Checks names and types of a resource's properties, and makes numbers and booleans of texts that say them, as
 * CloudFormation does.
 *
 * @throws ServiceError `ValidationError`
 */
export function checkProperties(
  logicalId: string,
  table: PropertyTable,
  properties: Properties,
): Properties {
  const checked = checkMembers('', table.properties, properties);
  const missing = table.required.filter((name) => checked[name] === undefined);
  if (missing.length > 0) {
    const each = missing.map((name) => `#: required key [${name}] not found`).join(', ');
    throw invalid(
      `Properties validation failed for resource ${logicalId} with message:\n[${each}]`,
    );
  }
  refuseSystemTags(checked.Tags);
  return checked;
}

/** Tags whose keys begin with `aws:` are AWS's own. @param tags a list or a map. */
function refuseSystemTags(tags: Value | undefined): void {
  if (typeof tags !== 'object' || tags === null) return;
  const keys = Array.isArray(tags)
    ? tags.map((tag: Value) => (tag as Properties | null)?.Key)
    : Object.keys(tags);
  if (keys.every((key) => !/^aws:/i.test(String(key)))) return;
  throw invalid('aws: prefixed tag key names are not allowed for external use.');
}

function checkMembers(
  path: string,
  known: Readonly<Record<string, PropertyType>>,
  given: Properties,
): Properties {
  const every = known['*'];
  const unknown = Object.keys(given).filter(
    (name) => every === undefined && !Object.hasOwn(known, name),
  );
  if (unknown.length > 0) {
    throw invalid(unknown.map((name) => `Encountered unsupported property ${name}`).join('; '));
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const type = known[name] ?? every ?? 'json';
      return [name, checkValue(path === '' ? name : `${path}.${name}`, type, value)];
    }),
  );
}

function checkValue(path: string, type: PropertyType, value: Value): Value {
  if (value === UNKNOWN || value === NO_VALUE || type === 'json') return value;
  if (typeof type === 'string') return scalar(path, type, value);
  if (Array.isArray(type)) {
    const [member = 'json'] = type as readonly PropertyType[];
    if (!Array.isArray(value)) throw wrongType(path, 'List');
    return value.map((item: Value, index) => checkValue(`${path}.${index}`, member, item));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`Value of property ${path} must be an object`);
  }
  return checkMembers(path, type as Readonly<Record<string, PropertyType>>, value as Properties);
}

function scalar(path: string, type: 'string' | 'integer' | 'number' | 'boolean', value: Value) {
  switch (type) {
    case 'string':
      if (typeof value === 'object') throw wrongType(path, 'String');
      return String(value);
    case 'boolean':
      if (value !== true && value !== false && value !== 'true' && value !== 'false') {
        throw wrongType(path, 'Boolean');
      }
      return String(value) === 'true';
    default: {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      const isGood = type === 'integer' ? Number.isInteger(number) : Number.isFinite(number);
      if (!isGood) throw wrongType(path, type === 'integer' ? 'Integer' : 'Number');
      return number;
    }
  }
}

function wrongType(path: string, type: string) {
  return invalid(`Value of property ${path} must be of type ${type}`);
}
