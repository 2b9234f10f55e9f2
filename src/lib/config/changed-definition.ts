import { dirname, resolve } from 'node:path';
import { checkDefinition } from '../definition/check-definition.ts';
import type { TopologyDefinition } from '../definition/definition.ts';
import { usageError } from '../rules/errors.ts';
import type { ProjectFile } from './saved-settings.ts';
import { eventSpecs } from './topology-file.ts';

/**
 * A topology as a project's file changes it: what the file says of a subscriber stands in the place of what the topology
 * does, key by key; subscribers and events that the topology doesn't have are added.
 * @throws AppError `InvalidConfig` (exit 2) where the two don't go together.
 */
export function changedDefinition(
  base: TopologyDefinition,
  { path, written }: ProjectFile,
): TopologyDefinition {
  const { subscribers = {}, events = {}, fifo = base.fifo, names = {}, managed } = written;
  const folder = dirname(resolve(path));
  // What a file says of code lies beside it, and not beside the topology that it changes.
  const functions = Object.fromEntries(
    Object.entries(written.functions ?? {}).map(([key, { code, ...rest }]) => [
      key,
      code === undefined ? rest : { ...rest, code: resolve(folder, code) },
    ]),
  );
  const definition: TopologyDefinition = {
    ...base,
    fifo,
    names: { ...base.names, ...names },
    subscribers: mergedByKey(base.subscribers, subscribers),
    events: { ...base.events, ...eventSpecs(events, folder) },
    tables: mergedByKey(base.tables, written.tables),
    functions: mergedByKey(base.functions, functions),
    managed: managed ?? base.managed,
  };
  checkDefinition(definition, ({ what, hint }) => {
    throw usageError(`${path}: ${what}`, hint, 'InvalidConfig');
  });
  return definition;
}

/** Things by key: what is said anew of one stands in the place of what was said of it before. */
function mergedByKey<T extends object>(
  before: Readonly<Record<string, T>> = {},
  after: Readonly<Record<string, T>> = {},
): Record<string, T> {
  const merged = Object.entries(after).map(([key, each]) => {
    const known = Object.hasOwn(before, key) ? before[key] : undefined;
    return [key, { ...known, ...each }] as const;
  });
  return { ...before, ...Object.fromEntries(merged) };
}
