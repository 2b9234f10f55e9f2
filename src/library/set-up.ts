import type { Topology } from '../lib/definition/topology.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';

/** Where to set up, and whether what others made may be taken over. */
export interface SetUpOptions extends ConnectionOptions {
  readonly adopt?: boolean;
}

/**
 * Creates a topology's topic, queues, dead-letter queues, policies and subscriptions, or changes what is different:
 * what `pubsub setup` does. A second call changes nothing.
 * @param options.adopt whether a topic or queue that exists and isn't tagged as the topology's is taken over: its
 * settings are changed, and `tearDownTopology` then deletes it. False unless given.
 * @returns how many changes were made.
 * @throws AppError `NotOurs` where there is such a thing and nothing was changed; `NotManaged` for a topology that only
 * describes what others made; or when a change can't be made.
 */
export async function setUpTopology(
  topology: Topology,
  { adopt = false, ...connection }: SetUpOptions = {},
): Promise<{ readonly changes: number }> {
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
