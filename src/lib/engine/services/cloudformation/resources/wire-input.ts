import type { Properties } from './check-properties.ts';
import type { PropertyType } from './property-table.ts';

/** Properties as API Gateway takes them: its names begin with small letters, and those of a map stay as they are. */
export function wireInput(
  properties: Properties,
  table: Readonly<Record<string, PropertyType>>,
): Record<string, unknown> {
  const names = Object.keys(table).filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    names.map((name) => [lowerFirst(name), wireValue(properties[name], table[name])]),
  );
}

function wireValue(value: unknown, type: PropertyType | undefined): unknown {
  if (type === undefined || typeof type === 'string' || Array.isArray(type)) return value;
  const members = type as Readonly<Record<string, PropertyType>>;
  const every = members['*'];
  if (every === undefined) return wireInput(value as Properties, members);
  const entries = Object.entries(value as Properties);
  return Object.fromEntries(entries.map(([name, each]) => [name, wireValue(each, every)]));
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
