import { isTaggedAs, type Topology } from '../definition/topology.ts';
import { AppError } from '../rules/errors.ts';
import type { Change, Difference, Resource } from '../topology/change.ts';
import type { Found, FoundBinding, FoundExchange, FoundQueue, Observed } from './observed.ts';
import type { Wanted, WantedBinding, WantedQueue } from './wanted.ts';

/** What setup has to do on a broker, one change for each exchange, queue and subscription. */
export function planChanges(wanted: Wanted, observed: Observed): Change[] {
  return [
    ...wanted.exchanges.map(({ name }) =>
      change({ type: 'topic', name }, observed.exchanges.get(name), exchangeDifferences),
    ),
    ...wanted.queues.map((queue) =>
      change({ type: queue.type, name: queue.name }, observed.queues.get(queue.name), (found) =>
        queueDifferences(queue, found),
      ),
    ),
    ...wanted.bindings.map((binding) => bindingChange(binding, observed)),
  ];
}

function change<F>(
  resource: Resource,
  found: F | undefined,
  differencesOf: (found: F) => Difference[],
): Change {
  if (found === undefined) return { ...resource, action: 'create', differences: [] };
  const differences = differencesOf(found);
  return { ...resource, action: differences.length > 0 ? 'update' : 'unchanged', differences };
}

function exchangeDifferences({ type, durable, internal }: FoundExchange): Difference[] {
  return [
    ...difference('type', type, 'topic'),
    ...difference('durable', durable, true),
    ...difference('internal', internal, false),
  ];
}

/** Of the arguments only RabbitMQ's own count: who else made the queue wrote no tags. */
function queueDifferences(wanted: WantedQueue, found: FoundQueue): Difference[] {
  const names = new Set([...Object.keys(wanted.arguments), ...Object.keys(found.arguments)]);
  return [
    ...difference('durable', found.durable, true),
    ...[...names]
      .filter((name) => name.startsWith('x-'))
      .sort()
      .flatMap((name) => difference(name, found.arguments[name], wanted.arguments[name])),
  ];
}

function difference(
  setting: string,
  from: string | number | boolean | undefined,
  to: string | number | boolean | undefined,
): Difference[] {
  return from === to ? [] : [{ setting, from: shown(from), to: shown(to) }];
}

function shown(value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function bindingChange(binding: WantedBinding, observed: Observed): Change {
  const resource = { type: 'subscription', name: binding.queue, topic: binding.topic } as const;
  const { missing, stale, current } = bindingSteps(binding, observed);
  if (current.length === 0) return { ...resource, action: 'create', differences: [] };
  if (missing.length + stale.length === 0) {
    return { ...resource, action: 'unchanged', differences: [] };
  }
  const [from, to] = [current.map(keyOf), binding.keys].map((keys) => [...keys].sort().join(', '));
  return {
    ...resource,
    action: 'update',
    differences: [{ setting: 'binding keys', from: from ?? '', to: to ?? '' }],
  };
}

/** What of an exchange's bindings to a queue is there, is missing, or is one too many. */
export function bindingSteps(
  { exchange, queue, keys }: WantedBinding,
  observed: Observed,
): {
  readonly current: readonly FoundBinding[];
  readonly missing: readonly string[];
  readonly stale: readonly FoundBinding[];
} {
  const all = observed.bindings.get(queue) ?? [];
  const current = all.filter(({ source }) => source === exchange);
  return {
    current,
    missing: keys.filter((key) => !current.some((each) => keyOf(each) === key)),
    stale: current.filter((each) => !keys.includes(keyOf(each))),
  };
}

/** A topic exchange looks at the key alone, and not at arguments. */
function keyOf({ routing_key }: FoundBinding): string {
  return routing_key;
}

/** Whether what is there carries our tags. */
export function isOurs(topology: Pick<Topology, 'name'>, found: Found): boolean {
  return isTaggedAs(topology, tagsOf(found));
}

/** Tags of what is there: arguments that RabbitMQ keeps and doesn't heed. */
export function tagsOf({ arguments: found }: Found): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
}

/** Whether a broker can make a change: of what is there only bindings can be others. */
export function isChangeable({ action, type }: Change): boolean {
  return action !== 'update' || type === 'subscription';
}

/**
 * @throws AppError `Immutable` where a plan would change an exchange or a queue: RabbitMQ knows no such change, and to
 * delete the queue would lose its messages.
 */
export function assertChangeable(changes: readonly Change[]): void {
  const fixed = changes.filter((change) => !isChangeable(change));
  const [first] = fixed;
  if (first === undefined) return;
  const words = first.differences.map(
    ({ setting, from = 'not set', to = 'not set' }) => `${setting} is ${from} and should be ${to}`,
  );
  const what = first.type === 'topic' ? 'exchange' : 'queue';
  const more = fixed.length > 1 ? ` The same holds for ${fixed.length - 1} more.` : '';
  throw new AppError({
    code: 'Immutable',
    message: `RabbitMQ can't change the ${what} "${first.name}", now that it is there: ${words.join(', ')}.${more} Nothing was changed.`,
    hint: 'Empty its queue with: pubsub listen   then remove and make it anew: pubsub cleanup; pubsub setup. Or give it another name.',
  });
}
