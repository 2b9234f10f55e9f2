import { resolve } from 'node:path';
import type { Topology } from '../lib/definition/topology.ts';

/**
 * Reads a topology from a `pubsub.yaml`, as every command does; one that changes a topology that comes with the package
 * as well. Paths in it are relative to its folder. Calls nobody.
 * @param options.prefix put before every resource name; what the file says unless given.
 * @throws AppError `InvalidConfig` that names the file, the line and column, the rule and a correct example.
 */
export async function loadTopology(
  path: string,
  options: { readonly prefix?: string } = {},
): Promise<Topology> {
  const { readTopologyFile } = await import('../lib/config/topology-file.ts');
  const { topologyOf } = await import('../lib/config/topology.ts');
  const { DEFAULT_TOPOLOGY } = await import('../lib/config/settings.ts');
  const project = readTopologyFile(resolve(path));
  const { topology = DEFAULT_TOPOLOGY, prefix = '' } = project;
  return topologyOf({ topology, prefix: options.prefix ?? prefix, project });
}

/**
 * Saves a topology as a `pubsub.yaml`: reading it gives the same topology again.
 * @param options.overwrite whether a file that is there is replaced; false unless given.
 * @throws AppError `FileExists` where there is one.
 */
export async function saveTopology(
  path: string,
  topology: Topology,
  options: { readonly overwrite?: boolean } = {},
): Promise<void> {
  const { topologyText, writeTopologyFile } = await import('../lib/config/save-topology.ts');
  writeTopologyFile(path, topologyText(topology), {
    ...options,
    elsewhere: 'Give another path, or { overwrite: true }.',
  });
}
