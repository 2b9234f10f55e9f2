import type { Topology } from '../definition/topology.ts';
import { queueNames } from '../definition/topology.ts';
import type { Management } from './management.ts';
import type { Arguments } from './wanted.ts';

/** An exchange or a queue as the management plugin tells it. */
export interface Found {
  readonly arguments: Arguments;
}

/** An exchange that is there. */
export interface FoundExchange extends Found {
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
}

/** A queue that is there. Counts are up to five seconds old, and left out until they are counted first. */
export interface FoundQueue extends Found {
  readonly type: string;
  readonly durable: boolean;
  readonly messages?: number;
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
  readonly consumers?: number;
  /** What policies add to its arguments. */
  readonly effective_policy_definition?: Readonly<Record<string, unknown>>;
}

/** A binding of a queue. */
export interface FoundBinding {
  /** The exchange; empty for the one that leads to each queue by its name. */
  readonly source: string;
  readonly routing_key: string;
  readonly properties_key: string;
  readonly arguments: Arguments;
}

/** What is there of a topology, by name. */
export interface Observed {
  readonly exchanges: ReadonlyMap<string, FoundExchange>;
  readonly queues: ReadonlyMap<string, FoundQueue>;
  readonly bindings: ReadonlyMap<string, readonly FoundBinding[]>;
}

/** Reads what is there of a topology. @throws AppError as `Management` does. */
export async function observe(management: Management, topology: Topology): Promise<Observed> {
  const names = [...new Set(topology.subscribers.flatMap(queueNames))];
  const [exchanges, queues, bindings] = await Promise.all([
    readAll(
      topology.topics.map(({ name }) => name),
      (name) => management.get<FoundExchange>(['exchanges', name]),
    ),
    readAll(names, (name) => management.get<FoundQueue>(['queues', name])),
    readAll(
      topology.subscribers.map(({ queue }) => queue),
      (name) => readBindings(management, name),
    ),
  ]);
  return { exchanges, queues, bindings };
}

/** Reads the bindings of a queue; undefined where there is no such queue. @throws AppError as `Management` does. */
export function readBindings(
  management: Management,
  queue: string,
): Promise<readonly FoundBinding[] | undefined> {
  return management.get(['queues', queue, 'bindings']);
}

/** Reads what is bound to an exchange; undefined where there is no such exchange. @throws AppError as `Management` does. */
export function readBindingsOf(
  management: Management,
  exchange: string,
): Promise<readonly FoundBinding[] | undefined> {
  return management.get(['exchanges', exchange, 'bindings', 'source']);
}

async function readAll<T>(
  names: readonly string[],
  read: (name: string) => Promise<T | undefined>,
): Promise<ReadonlyMap<string, T>> {
  const found = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return new Map(found.flatMap(([name, each]) => (each === undefined ? [] : [[name, each]])));
}
