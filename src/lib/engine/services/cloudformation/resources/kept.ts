import type { Properties } from './check-properties.ts';
import type { PropertyTable } from './property-table.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';

/** What a kept resource type has of its own. */
export interface KeptType {
  readonly table: PropertyTable;
  readonly attributes: readonly string[];
  make(properties: Properties, context: ResourceContext): Made;
}

/** A resource type that stands for nothing of the engine: its stack keeps it, and shows it. */
export function kept({ table, attributes, make }: KeptType): ResourceType {
  return {
    table,
    attributes,
    create: async (properties, context) => make(properties, context),
    update: async (_properties, current) => current,
    remove: async () => undefined,
  };
}
