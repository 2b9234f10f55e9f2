import { countItems } from '../../aws/tables.ts';
import type { Attributes } from '../../aws/topics.ts';
import { logGroupOf } from '../../rules/functions.ts';
import type { Observed, Place } from '../inspect.ts';
import { stackOf } from '../ownership.ts';
import type { Remain } from '../remain.ts';
import { functionNameOf } from './find-mapping.ts';
import { mappingName } from './settings.ts';

/** A thing that cleanup found, and whether it may go. */
export interface OwnedRemain {
  readonly remain: Remain;
  readonly ours: boolean;
}

/**
 * What is left of a topology's tables and functions. Mappings carry no tags of ours: one of a queue of the topology to a
 * function of it is ours where the function is, or is gone.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function functionRemains(
  { aws, topology }: Place,
  { functions: observed, strays: observedStrays }: Observed,
  isOurs: (tags: Attributes) => boolean,
): Promise<OwnedRemain[]> {
  if (observed === undefined) return [];
  const { tables, functions, logGroups, mappings } = observed;
  const names = new Set(topology.functions.map(({ name }) => name));
  const ofMappings = mappings.flatMap((found): OwnedRemain[] => {
    const name = functionNameOf(found.functionArn);
    const isStray = observedStrays.some(({ uuid, isOurs: ours }) => uuid === found.uuid && ours);
    if (!names.has(name) && !isStray) return [];
    const target = functions.get(name);
    const queue = found.queueArn.slice(found.queueArn.lastIndexOf(':') + 1);
    const remain = {
      type: 'mapping',
      name: mappingName(queue, name),
      handle: found.uuid,
      messages: undefined,
      stack: target && stackOf(target.tags),
    } as const;
    return [{ remain, ours: isStray || target === undefined || isOurs(target.tags) }];
  });
  const ofFunctions = [...functions.values()].map(({ name, tags }) => ({
    remain: {
      type: 'function',
      name,
      handle: name,
      messages: undefined,
      stack: stackOf(tags),
    } as const,
    ours: isOurs(tags),
  }));
  const ofLogs = [...logGroups].map(([name, { tags }]) => ({
    remain: {
      type: 'logs',
      name: logGroupOf(name),
      handle: logGroupOf(name),
      messages: undefined,
      stack: stackOf(tags),
    } as const,
    ours: isOurs(tags),
  }));
  const there = [...tables.values()].filter(({ status }) => status !== 'DELETING');
  const ofTables = await Promise.all(
    there.map(async ({ name, tags }) => {
      const ours = isOurs(tags);
      const items = ours ? await countItems(aws, name) : undefined;
      const stack = stackOf(tags);
      return {
        remain: { type: 'table', name, handle: name, messages: items, stack } as const,
        ours,
      };
    }),
  );
  return [...ofMappings, ...ofFunctions, ...ofLogs, ...ofTables];
}
