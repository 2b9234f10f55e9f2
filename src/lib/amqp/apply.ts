import type { SubscriberSpec, TopicSpec } from '../definition/topology.ts';
import type { Change } from '../topology/change.ts';
import { pending } from '../topology/plan.ts';
import type { SetUpOptions } from '../transport/transport.ts';
import type { Management } from './management.ts';
import { type Observed, readBindings } from './observed.ts';
import { bindingSteps } from './plan.ts';
import type { Wanted } from './wanted.ts';

/** A plan, and what it takes to carry it out. */
export interface Work {
  readonly management: Management;
  readonly wanted: Wanted;
  readonly observed: Observed;
  readonly changes: readonly Change[];
}

/**
 * Makes exchanges, then dead-letter queues, queues and bindings. Bindings are added before those that are no longer
 * wanted go: no message falls between them.
 * @throws AppError of the first step that failed; all of it can be done again.
 */
export async function applyChanges(
  work: Work,
  { stop, onEvent = () => {} }: SetUpOptions,
): Promise<{ readonly made: number; readonly interrupted: boolean }> {
  let made = 0;
  // In the order of the plan.
  for (const change of pending(work.changes)) {
    if (stop?.aborted) return { made, interrupted: true };
    await carryOut(work, change);
    made += 1;
    onEvent({ kind: 'done', change });
  }
  return { made, interrupted: false };
}

async function carryOut(work: Work, change: Change): Promise<void> {
  const { management, wanted } = work;
  const { type, name } = change;
  if (type === 'subscription') return bind(work, change);
  if (type === 'topic') {
    const exchange = wanted.exchanges.find((each) => each.name === name);
    return management.put(['exchanges', name], {
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: exchange?.arguments ?? {},
    });
  }
  const queue = wanted.queues.find((each) => each.name === name);
  return management.put(['queues', name], {
    durable: true,
    auto_delete: false,
    arguments: queue?.arguments ?? {},
  });
}

async function bind({ management, wanted, observed }: Work, change: Change): Promise<void> {
  const binding = wanted.bindings.find(
    ({ queue, topic }) => queue === change.name && topic === change.topic,
  );
  if (binding === undefined) return;
  const { exchange, queue } = binding;
  const path = ['bindings', 'e', exchange, 'q', queue] as const;
  const { missing, stale } = bindingSteps(binding, observed);
  for (const key of missing) await management.post(path, { routing_key: key, arguments: {} });
  for (const each of stale) await management.delete([...path, each.properties_key]);
}

/** Takes a queue's bindings to an exchange away. @returns their keys. @throws AppError as `Management` does. */
export async function unbind(
  management: Management,
  { name: exchange }: Pick<TopicSpec, 'name'>,
  { queue }: Pick<SubscriberSpec, 'queue'>,
): Promise<readonly string[]> {
  const found = (await readBindings(management, queue)) ?? [];
  const bindings = found.filter(({ source }) => source === exchange);
  for (const { properties_key } of bindings) {
    await management.delete(['bindings', 'e', exchange, 'q', queue, properties_key]);
  }
  return bindings.map(({ routing_key }) => routing_key);
}
