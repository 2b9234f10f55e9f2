import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shippedTopologies } from '../../lib/config/shipped-topologies.ts';
import { loadTopologyHandler, shownLines } from '../../lib/consume/handlers/topology-handler.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { Reaction } from '../../lib/demo/demo.ts';
import { messageLabel, type Scenario } from '../../lib/demo/scenario.ts';
import { usageError } from '../../lib/rules/errors.ts';

/** What the demo shows of a topology: what its `demo.yaml` says, otherwise a sample of each event. */
export async function scenarioOf(topology: Topology, onRabbitMq: boolean): Promise<Scenario> {
  assertOwn(topology);
  const file = join(folderOf(topology), 'demo.yaml');
  // What is told of functions is true of Lambda alone.
  const isTrue = !onRabbitMq || topology.functions.length === 0;
  if (isTrue && existsSync(file)) {
    const { readScenario } = await import('../../lib/demo/scenario-file.ts');
    return readScenario(file, onRabbitMq);
  }
  const { deriveScenario } = await import('../../lib/demo/derived-scenario.ts');
  return deriveScenario(topology, onRabbitMq);
}

/** The demo makes everything that it works on, and removes it. @throws AppError (exit 2) where that can't be. */
function assertOwn({ name, managed, topics }: Topology): void {
  const foreign = topics.find(({ arn }) => arn !== undefined);
  if (managed && foreign === undefined) return;
  throw usageError(
    foreign === undefined
      ? `The topology ${name} only describes what others made ("managed: false").`
      : `The topology ${name} listens to a topic that belongs to somebody else: ${foreign.arn}`,
    'The demo needs a topology of its own, such as: pubsub demo --topology orders',
    'NotManaged',
  );
}

/**
 * What a subscriber does about an event. A topology that comes with this tool brings handlers that only print; those of
 * a user's own do real work, which a demo must not.
 */
export async function reactionOf(topology: Topology, subscriber: string): Promise<Reaction> {
  const spec = topology.subscribers.find(({ name }) => name === subscriber);
  const handler =
    spec !== undefined && isShipped(topology)
      ? await loadTopologyHandler(topology, spec)
      : undefined;
  return async (message) => {
    if (handler === undefined) {
      return [`handled ${messageLabel(message)}`];
    }
    const signal = new AbortController().signal;
    const facts = { subscriber, eventType: message.type, signal };
    return shownLines(await handler(message.value, facts as never));
  };
}

function isShipped({ folder }: Topology): boolean {
  return folder === undefined || folder.startsWith(shippedTopologies());
}

function folderOf({ folder, name }: Topology): string {
  return folder ?? join(shippedTopologies(), name);
}
