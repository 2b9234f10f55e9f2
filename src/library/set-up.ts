import type { Topology } from '../lib/definition/topology.ts';
import { CONNECTION_RULES, checkArgument, checkOptions, RULES } from './check-options.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';

/** Options of `setUpTopology`. */
export interface SetUpOptions extends ConnectionOptions {
  /** Whether resources that others made are taken over; false unless given. */
  readonly adopt?: boolean;
}

/**
 * Does what `pubsub setup` does: creates the topics, queues, dead-letter queues, policies and subscriptions of a
 * topology, or changes those that differ from it. A second call changes nothing.
 * @param options.adopt whether topics and queues that exist without the topology's tags are taken over: they are
 * changed and tagged, and `tearDownTopology` deletes them later. False unless given.
 * @returns how many changes were made.
 * @throws AppError `NotOurs` if there is such a resource and `adopt` is false (nothing was changed); `NotManaged` for a
 * topology with `managed: false`; or the reason why a change failed.
 */
export async function setUpTopology(
  topology: Topology,
  options: SetUpOptions = {},
): Promise<{ readonly changes: number }> {
  checkArgument('topology', 'setUpTopology', topology, RULES.topology);
  checkOptions('setUpTopology', options, { ...CONNECTION_RULES, adopt: RULES.flag });
  const { adopt = false, ...connection } = options;
  const { assertManaged, assertOwn } = await import('../lib/topology/ownership.ts');
  assertManaged(topology, 'setUpTopology');
  const aws = await connect(connection);
  try {
    const { identify } = await import('../lib/aws/identity.ts');
    const { planSetup, setUp } = await import('../lib/topology/setup.ts');
    const place = { aws, identity: await identify(aws), topology };
    const plan = await planSetup(place);
    if (!adopt) assertOwn(topology, plan.changes);
    const { made } = await setUp(place, plan);
    return { changes: made };
  } finally {
    aws.close();
  }
}
