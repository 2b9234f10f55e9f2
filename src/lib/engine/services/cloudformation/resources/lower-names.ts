import type { Value } from '../template/evaluate.ts';
import type { Properties } from './check-properties.ts';
import type { PropertyType } from './property-table.ts';

type Members = Readonly<Record<string, PropertyType>>;

/**
 * Properties as services take them whose names of members begin with small letters. Names in a map are the user's own.
 *
 * @param table the properties that are taken.
 */
export function lowerNames(properties: Properties, table: Members): Record<string, Value> {
  const taken = Object.entries(properties).filter(([name]) => Object.hasOwn(table, name));
  return Object.fromEntries(
    taken.map(([name, value]) => [lowerFirst(name), lowered(value, table[name])]),
  );
}

function lowered(value: Value, type: PropertyType = 'json'): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const [member] = Array.isArray(type) ? (type as readonly PropertyType[]) : [];
    return value.map((each: Value) => lowered(each, member));
  }
  const members = typeof type === 'string' ? undefined : (type as Members);
  const every = members?.['*'];
  if (members !== undefined && every === undefined) return lowerNames(value as Properties, members);
  const entries = Object.entries(value as Properties);
  return Object.fromEntries(
    entries.map(([name, each]) => [
      every === undefined ? lowerFirst(name) : name,
      lowered(each, every),
    ]),
  );
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
