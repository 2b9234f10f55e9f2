import { DEFAULT_FUNCTION_TIMEOUT_SECONDS, MIN_FUNCTION_MEMORY_MB } from '../rules/functions.ts';
import type { FunctionDefinition, TableDefinition } from './definition.ts';
import type { FunctionSpec, TableSpec, Topology } from './topology.ts';

/** What a function is unless its definition says otherwise; `timeout` is seconds, `memory` MB. */
export const FUNCTION_DEFAULTS = {
  timeout: DEFAULT_FUNCTION_TIMEOUT_SECONDS,
  memory: MIN_FUNCTION_MEMORY_MB,
  handler: 'index.handler',
} as const;

/** Makes a table of its definition. */
export function buildTable(key: string, definition: TableDefinition, prefix: string): TableSpec {
  const { name = key, key: itemKey, ttl, indexes = {}, tags = {} } = definition;
  if (itemKey === undefined) throw new Error(`the table ${key} has no key: it was not checked`);
  return { key, name: prefixed(prefix, name), itemKey, ttl, indexes, tags };
}

/** Makes a function of its definition. */
export function buildFunction(
  key: string,
  definition: FunctionDefinition,
  prefix: string,
): FunctionSpec {
  const { name = key, runtime = '', code = '', environment = {}, tables = {} } = definition;
  const { reservedConcurrency, role, tags = {} } = definition;
  return {
    key,
    name: prefixed(prefix, name),
    runtime,
    handler: definition.handler ?? FUNCTION_DEFAULTS.handler,
    code,
    timeout: definition.timeout ?? FUNCTION_DEFAULTS.timeout,
    memory: definition.memory ?? FUNCTION_DEFAULTS.memory,
    environment,
    tables,
    reservedConcurrency,
    role,
    tags,
  };
}

/**
 * The environment variables that a function gets: where a value is the key of one of its tables, that table's name, so
 * that they fit whatever the prefix is.
 */
export function functionEnvironment(
  { tables }: Pick<Topology, 'tables'>,
  { environment, tables: used }: FunctionSpec,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => {
      const table = Object.hasOwn(used, value) && tables.find(({ key }) => key === value);
      return [variable, table ? table.name : value];
    }),
  );
}

function prefixed(prefix: string, name: string): string {
  return `${prefix && `${prefix}-`}${name}`;
}
