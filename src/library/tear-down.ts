import type { Topology } from '../lib/definition/topology.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';

/** What a teardown did. */
export interface TornDown {
  /** How many subscriptions, topics and queues were deleted. */
  readonly deleted: number;
  /** Names of those that are still there: without our tags, or shown by AWS a while longer. */
  readonly remaining: readonly string[];
}

/**
 * Deletes a topology's subscriptions, topic, queues and dead-letter queues with the messages in them, and looks again:
 * what `pubsub cleanup` does. Topics and queues that don't carry the tags of `setUpTopology` stay. A second call
 * deletes nothing.
 * @throws AppError `NotManaged` for a topology that only describes what others made, or when one can't be deleted.
 */
export async function tearDownTopology(
  topology: Topology,
  connection: ConnectionOptions = {},
): Promise<TornDown> {
  const { assertManaged } = await import('../lib/topology/ownership.ts');
  assertManaged(topology, 'tearDownTopology');
  const aws = await connect(connection);
  try {
    const { identify } = await import('../lib/aws/identity.ts');
    const { cleanUp } = await import('../lib/topology/cleanup.ts');
    const { findRemains } = await import('../lib/topology/remains.ts');
    const place = { aws, identity: await identify(aws), topology };
    const options = { includeUntagged: false };
    const { deleted, remains } = await cleanUp(place, await findRemains(place, options), options);
    const left = [...remains.ours, ...remains.foreign];
    return { deleted: deleted.length, remaining: left.map(({ name }) => name) };
  } finally {
    aws.close();
  }
}
