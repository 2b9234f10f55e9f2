import type { Value } from '../template/evaluate.ts';
import type { Properties } from './check-properties.ts';

/** Properties whose members' names are the user's own. */
const MAPS: ReadonlySet<string> = new Set(['DockerLabels', 'Options']);

/** Properties as services have them that write the names of members with a small first letter. */
export function lowerNames(properties: Properties): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      MAPS.has(name) ? value : lowered(value),
    ]),
  );
}

function lowered(value: Value): Value {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  return lowerNames(value as Properties);
}
