import type { Topology } from '../lib/definition/topology.ts';
import { CONNECTION_RULES, checkArgument, checkOptions, RULES } from './check-options.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';

/** The result of `tearDownTopology`. */
export interface TornDown {
  /** How many subscriptions, topics and queues were deleted. */
  readonly deleted: number;
  /** Names of those that still exist: they don't have the topology's tags, or AWS still lists them for a while. */
  readonly remaining: readonly string[];
}

/**
 * Does what `pubsub cleanup` does: deletes the subscriptions, topics, queues and dead-letter queues of a topology with
 * the messages in them, and checks that they are gone. Topics and queues without the tags of `setUpTopology` are not
 * deleted. A second call deletes nothing.
 * @throws AppError `NotManaged` for a topology with `managed: false`; or the reason why a resource can't be deleted.
 */
export async function tearDownTopology(
  topology: Topology,
  connection: ConnectionOptions = {},
): Promise<TornDown> {
  checkArgument('topology', 'tearDownTopology', topology, RULES.topology);
  checkOptions('tearDownTopology', connection, CONNECTION_RULES);
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
