import { readEngineFunctions } from '../../aws/engine-mappings.ts';
import type { Attributes } from '../../aws/topics.ts';
import { isTaggedAs } from '../../definition/topology.ts';
import type { Place } from '../inspect.ts';
import { stackOf } from '../ownership.ts';
import { hasFunctionsToMake } from './made-here.ts';

/** A function or table that setup made once, and that the topology names no more. */
export interface Orphan {
  readonly type: 'function' | 'table';
  readonly name: string;
}

/**
 * Finds what was taken out of a topology's file and is still there: setup deletes no code and no data. Only an embedded
 * engine is asked: on AWS setup makes neither.
 * @throws AppError of a call that is refused.
 */
export async function findOrphans(place: Place): Promise<Orphan[]> {
  const { aws, topology } = place;
  const { functions, tables } = topology;
  const there = await readEngineFunctions(aws);
  if (there === undefined) return [];
  const unknown = others(there, functions, topology.prefix);
  const isOrphan = (tags: Attributes = {}): boolean =>
    stackOf(tags) === undefined && isTaggedAs(topology, tags);
  const found: Orphan[] = [];
  if (unknown.length > 0) {
    const { getFunction } = await import('../../aws/functions.ts');
    for (const name of unknown) {
      if (isOrphan((await getFunction(aws, name))?.tags)) found.push({ type: 'function', name });
    }
  }
  // Tables come with functions: a topology that never had either loads no client for them.
  if (found.length === 0 && !hasFunctionsToMake(place)) return [];
  const { getTable, listTableNames } = await import('../../aws/tables.ts');
  for (const name of others(await listTableNames(aws), tables, topology.prefix)) {
    if (isOrphan((await getTable(aws, name))?.tags)) found.push({ type: 'table', name });
  }
  return found;
}

/** Names that a topology doesn't say, without those that another prefix has for what it says. */
function others(
  there: readonly string[],
  said: readonly { readonly name: string }[],
  prefix: string,
): string[] {
  return there.filter(
    (name) =>
      (prefix === '' || name.startsWith(`${prefix}-`)) &&
      !said.some((each) => name === each.name || name.endsWith(`-${each.name}`)),
  );
}
