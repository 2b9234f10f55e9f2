import type { Properties } from '../resources/check-properties.ts';
import type { PropertyTable } from '../resources/property-table.ts';
import { sameData } from '../template/data.ts';

/** Names of the properties that differ. */
export function changedProperties(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameData(before[name], after[name])).sort();
}

/** Whether a change of properties makes a new resource. */
export function isReplaced({ replacing }: PropertyTable, changed: readonly string[]): boolean {
  return changed.some((name) => replacing.includes(name));
}
