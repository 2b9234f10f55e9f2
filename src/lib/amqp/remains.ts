import { queueNames, type Topology } from '../definition/topology.ts';
import type { Resource } from '../topology/change.ts';
import type { Remain } from '../topology/remain.ts';
import type { Remains } from '../topology/remains.ts';
import type { CleanUpOptions, RemainsOptions } from '../transport/transport.ts';
import type { Management } from './management.ts';
import type { Observed } from './observed.ts';
import { isOurs } from './plan.ts';

/** What is left of a topology, in the order of deletion: exchanges, with their bindings, then queues. */
export function remainsOf(
  topology: Topology,
  { exchanges, queues }: Observed,
  { includeUntagged }: RemainsOptions,
): Remains {
  const dlqs = new Set(topology.subscribers.flatMap(({ dlq }) => dlq ?? []));
  const names = [...new Set(topology.subscribers.flatMap(queueNames))];
  const ordered = [
    ...names.filter((name) => !dlqs.has(name)).map((name) => ({ type: 'queue' as const, name })),
    ...[...dlqs].map((name) => ({ type: 'dlq' as const, name })),
  ];
  const all = [
    ...topology.topics.map(({ name }) => ({
      type: 'topic' as const,
      name,
      found: exchanges.get(name),
    })),
    ...ordered.map((each) => ({ ...each, found: queues.get(each.name) })),
  ].flatMap(({ type, name, found }) => {
    if (found === undefined) return [];
    const messages = 'messages' in found ? found.messages : undefined;
    const remain: Remain = { type, name, handle: name, messages };
    return [{ remain, ours: includeUntagged || isOurs(topology, found) }];
  });
  return {
    ours: all.filter(({ ours }) => ours).map(({ remain }) => remain),
    foreign: all.filter(({ ours }) => !ours).map(({ remain }) => remain),
  };
}

/** Deletes what was found, one after the other. @throws AppError of the first deletion that failed. */
export async function deleteRemains(
  management: Management,
  { ours }: Remains,
  { stop, onEvent = () => {} }: CleanUpOptions,
): Promise<{ readonly deleted: readonly Resource[]; readonly interrupted: boolean }> {
  const deleted: Resource[] = [];
  for (const { type, name } of ours) {
    if (stop?.aborted) return { deleted, interrupted: true };
    await management.delete([type === 'topic' ? 'exchanges' : 'queues', name]);
    deleted.push({ type, name });
    onEvent({ kind: 'deleted', resource: { type, name } });
  }
  return { deleted, interrupted: false };
}
