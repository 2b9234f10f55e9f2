import { type KeptReasons, readReasons } from '../../consume/failure-reasons.ts';
import type { Topology } from '../../definition/topology.ts';

/** Why consumers of this machine failed, by queue name. */
export async function readAllReasons(
  stateDir: string,
  queues: readonly string[],
): Promise<ReadonlyMap<string, KeptReasons>> {
  const read = [...new Set(queues)].map(
    async (name) => [name, await readReasons(stateDir, name)] as const,
  );
  return new Map(await Promise.all(read));
}

/** Whose queue it is, by queue name. */
export function subscribersByQueue({ subscribers }: Topology): ReadonlyMap<string, string> {
  return new Map(subscribers.map(({ queue, name }) => [queue, name]));
}
