import type { TargetIdentity } from '../../config/target.ts';
import type { Topology } from '../../definition/topology.ts';

/** Whether setup makes a topology's tables and functions, and cleanup removes them: everywhere but on AWS. */
export function hasFunctionsToMake({
  identity,
  topology,
}: {
  readonly identity: Pick<TargetIdentity, 'target'>;
  readonly topology: Topology;
}): boolean {
  const has = topology.tables.length > 0 || topology.functions.length > 0;
  return has && identity.target !== 'aws';
}
