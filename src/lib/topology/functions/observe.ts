import type { Aws } from '../../aws/clients.ts';
import { type FoundLogGroup, getLogGroup } from '../../aws/function-logs.ts';
import { type FoundFunction, getFunction } from '../../aws/functions.ts';
import { type FoundMapping, listMappings } from '../../aws/mappings.ts';
import { type FoundTable, getTable } from '../../aws/tables.ts';
import type { Topology } from '../../definition/topology.ts';
import type { CodePackage } from '../../functions/package-code.ts';
import { logGroupOf } from '../../rules/functions.ts';
import { allSettled, type Limit } from '../limit.ts';

/** What is there of a topology's tables and functions. */
export interface ObservedFunctions {
  /** By name; only those that exist, as below. */
  readonly tables: ReadonlyMap<string, FoundTable>;
  readonly functions: ReadonlyMap<string, FoundFunction>;
  /** By the function's name. */
  readonly logGroups: ReadonlyMap<string, FoundLogGroup>;
  /** Of the topology's queues, whoever made them, and of its functions. */
  readonly mappings: readonly FoundMapping[];
  /** The code that each function has to have, by its key; empty where nobody asked for it. */
  readonly packages: ReadonlyMap<string, CodePackage>;
}

/**
 * Reads the tables and functions of a topology, and who takes from its queues.
 * @param queueArns of the subscribers' queues that exist, by name.
 * @param options.packages whether to pack the functions' code, to be compared and sent.
 * @throws AppError of a call that is refused, or of code that isn't there.
 */
export async function observeFunctions(
  {
    aws,
    topology,
    queueArns,
  }: { aws: Aws; topology: Topology; queueArns: ReadonlyMap<string, string> },
  limit: Limit,
  options: { readonly packages: boolean },
): Promise<ObservedFunctions> {
  const { tables, functions, subscribers } = topology;
  const packages = options.packages ? await packAll(topology) : new Map<string, CodePackage>();
  const byName = async <T>(
    names: readonly string[],
    read: (name: string) => Promise<T | undefined>,
  ) =>
    new Map(
      (
        await allSettled(names.map(async (name) => [name, await limit(() => read(name))] as const))
      ).flatMap(([name, found]) => (found === undefined ? [] : [[name, found] as const])),
    );
  const names = functions.map(({ name }) => name);
  const arns = subscribers.flatMap(({ handler, queue }) =>
    handler !== undefined && 'function' in handler ? (queueArns.get(queue) ?? []) : [],
  );
  const [foundTables, foundFunctions, logGroups, ofQueues, ofFunctions] = await Promise.all([
    byName(
      tables.map(({ name }) => name),
      (name) => getTable(aws, name),
    ),
    byName(names, (name) => getFunction(aws, name)),
    byName(names, (name) => getLogGroup(aws, logGroupOf(name))),
    byName(arns, (queueArn) => listMappings(aws, { queueArn })),
    byName(names, (functionName) => listMappings(aws, { functionName })),
  ]);
  const listed = [...ofQueues.values(), ...ofFunctions.values()].flat();
  const mappings = [...new Map(listed.map((each) => [each.uuid, each])).values()];
  return { tables: foundTables, functions: foundFunctions, logGroups, mappings, packages };
}

async function packAll(topology: Topology): Promise<Map<string, CodePackage>> {
  const { packageCode } = await import('../../functions/package-code.ts');
  return new Map(topology.functions.map((spec) => [spec.key, packageCode(topology, spec)]));
}
