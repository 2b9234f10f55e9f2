import { dirname, resolve } from 'node:path';
import { checkDefinition } from '../definition/check-definition.ts';
import type { TopologyDefinition } from '../definition/definition.ts';
import { usageError } from '../rules/errors.ts';
import type { ProjectFile } from './files.ts';
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
  const merged = Object.entries(subscribers).map(([name, subscriber]) => {
    const before = Object.hasOwn(base.subscribers, name) ? base.subscribers[name] : {};
    return [name, { ...before, ...subscriber }] as const;
  });
  const definition: TopologyDefinition = {
    ...base,
    fifo,
    names: { ...base.names, ...names },
    subscribers: { ...base.subscribers, ...Object.fromEntries(merged) },
    events: { ...base.events, ...eventSpecs(events, dirname(resolve(path))) },
    managed: managed ?? base.managed,
  };
  checkDefinition(definition, ({ what, hint }) => {
    throw usageError(`${path}: ${what}`, hint, 'InvalidConfig');
  });
  return definition;
}
