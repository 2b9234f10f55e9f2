import { createTopology } from '../definition/orders.ts';
import type { Topology } from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import type { Settings } from './settings.ts';

/** What decides which topology a run works on. */
export type TopologySettings = Pick<Settings, 'topology' | 'prefix' | 'topologyChoices'>;

/**
 * The topology that a run works on: the one that is named, as `pubsub.yaml` changes it.
 * @throws AppError (exit 2) for an unknown topology or a name that AWS would refuse.
 */
export async function topologyOf(settings: TopologySettings): Promise<Topology> {
  return createTopology(settings.topology, settings.prefix, settings.topologyChoices);
}

/**
 * The topology of a run that brings its own resources and knows what to expect of them, whatever subscribers
 * `pubsub.yaml` adds or filters.
 * @param what runs, such as `demo`. @param prefix of the resources.
 * @throws AppError (exit 2) where the project's topology is a FIFO one: what is shown there isn't what it does.
 */
export async function standardTopology(
  { topology, topologyChoices }: TopologySettings,
  what: string,
  prefix: string,
): Promise<Topology> {
  if (topologyChoices.fifo) {
    throw usageError(
      `pubsub ${what} runs on a standard topic, but pubsub.yaml says "fifo: true".`,
      `Run it where there is no such file: (cd / && pubsub ${what})`,
      'FifoTopology',
    );
  }
  return createTopology(topology, prefix);
}
