import { usageError } from '../rules/errors.ts';
import { buildTopology } from './build.ts';
import type { SubscriberDefinition, TopologyDefinition } from './definition.ts';
import type { Topology } from './topology.ts';

/** Topologies that can be chosen with `--topology`. */
export const TOPOLOGY_NAMES = ['orders'] as const;
/** Subscribers of the orders topology, in the order in which they are shown. */
export const SUBSCRIBER_NAMES = ['email', 'inventory', 'analytics'] as const;
export type SubscriberName = (typeof SUBSCRIBER_NAMES)[number];

const ORDERS: TopologyDefinition = {
  name: 'orders',
  names: { queue: '{subscriber}-service-queue', dlq: '{subscriber}-service-dlq' },
  topics: { 'order-events': {} },
  subscribers: Object.fromEntries(SUBSCRIBER_NAMES.map((name) => [name, {}])),
};

/** What a project's file may say of a topology that comes with the tool. */
export interface TopologyChoices {
  readonly fifo?: boolean | undefined;
  /** By subscriber's name; one that the topology doesn't have yet is added to it. */
  readonly subscribers?: Readonly<Record<string, SubscriberDefinition>> | undefined;
}

/**
 * Builds a topology by name.
 * @param name one of `TOPOLOGY_NAMES`.
 * @param prefix put with a dash before every resource name; empty for none.
 * @throws AppError (exit 2) for an unknown topology or a name that AWS would refuse.
 */
export function createTopology(
  name: string,
  prefix: string,
  { fifo, subscribers = {} }: TopologyChoices = {},
): Topology {
  if (!(TOPOLOGY_NAMES as readonly string[]).includes(name)) {
    throw usageError(
      `Unknown topology "${name}".`,
      `Known: ${TOPOLOGY_NAMES.join(', ')}.`,
      'UnknownTopology',
    );
  }
  return buildTopology(
    { ...ORDERS, fifo, subscribers: { ...ORDERS.subscribers, ...subscribers } },
    { prefix },
  );
}
