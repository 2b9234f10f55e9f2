import { resolve } from 'node:path';
import type { Topology } from '../lib/definition/topology.ts';
import { checkArgument, checkOptions, RULES } from './check-options.ts';

/**
 * Reads a topology from a `pubsub.yaml`, also from one that only changes a topology of the package. Paths in the file
 * are relative to its folder. It sends no requests.
 * @param options.prefix prefix of every resource name; the file's own unless given.
 * @throws AppError `InvalidConfig` that names the file, the line and column, the rule and a correct example.
 */
export async function loadTopology(
  path: string,
  options: { readonly prefix?: string } = {},
): Promise<Topology> {
  checkArgument('path', 'loadTopology', path, RULES.filled);
  checkOptions('loadTopology', options, { prefix: RULES.text });
  const { readTopologyFile } = await import('../lib/config/topology-file.ts');
  const { topologyOf } = await import('../lib/config/topology.ts');
  const { DEFAULT_TOPOLOGY } = await import('../lib/config/settings.ts');
  const project = readTopologyFile(resolve(path));
  const { topology = DEFAULT_TOPOLOGY, prefix = '' } = project;
  return topologyOf({ topology, prefix: options.prefix ?? prefix, project });
}

/**
 * Writes a topology to a `pubsub.yaml`. `loadTopology` reads the same topology from it.
 * @param options.overwrite whether an existing file is replaced; false unless given.
 * @throws AppError `FileExists` if there is one and it may not be replaced.
 */
export async function saveTopology(
  path: string,
  topology: Topology,
  options: { readonly overwrite?: boolean } = {},
): Promise<void> {
  checkArgument('path', 'saveTopology', path, RULES.filled);
  checkArgument('topology', 'saveTopology', topology, RULES.topology);
  checkOptions('saveTopology', options, { overwrite: RULES.flag });
  const { topologyText, writeTopologyFile } = await import('../lib/config/save-topology.ts');
  writeTopologyFile(path, topologyText(topology), {
    ...options,
    elsewhere: 'Give another path, or { overwrite: true }.',
  });
}
