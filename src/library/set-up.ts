import type { Topology } from '../lib/definition/topology.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';

/**
 * Creates a topology's topic, queues, dead-letter queues, policies and subscriptions, or changes what is different:
 * what `pubsub setup` does. A second call changes nothing.
 * @returns how many changes were made.
 * @throws AppError when one can't be made.
 */
export async function setUpTopology(
  topology: Topology,
  connection: ConnectionOptions = {},
): Promise<{ readonly changes: number }> {
  const aws = await connect(connection);
  try {
    const { identify } = await import('../lib/aws/identity.ts');
    const { planSetup, setUp } = await import('../lib/topology/setup.ts');
    const place = { aws, identity: await identify(aws), topology };
    const { made } = await setUp(place, await planSetup(place));
    return { changes: made };
  } finally {
    aws.close();
  }
}
