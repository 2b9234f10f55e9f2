import type { SubscriberSpec, Topology } from '../definition/topology.ts';

const TOPIC_KEY = 'bench';

/**
 * A topology of the benchmark's own in the shape of another one: a standard topic and as many subscribers, with their
 * names, times and raw delivery, and without filters, keys and handlers. Each subscriber gets every event, so that all
 * deliveries can be counted.
 * @param prefix of its resources' names.
 */
export function benchTopology(shape: Topology, prefix: string): Topology {
  return {
    ...shape,
    // Tags tell it from what it is like.
    name: TOPIC_KEY,
    prefix,
    managed: true,
    topics: [
      {
        key: TOPIC_KEY,
        name: `${prefix}-events`,
        fifo: false,
        contentBasedDeduplication: false,
        displayName: '',
        tags: {},
      },
    ],
    subscribers: shape.subscribers.map((each, index) => plain(each, `${prefix}-${index + 1}`)),
    events: {},
    tables: [],
    functions: [],
  };
}

function plain(subscriber: SubscriberSpec, name: string): SubscriberSpec {
  const { subscriptions, dlq } = subscriber;
  return {
    ...subscriber,
    subscriptions: [
      {
        topic: TOPIC_KEY,
        filterPolicy: undefined,
        filterPolicyScope: 'MessageAttributes',
        rawDelivery: subscriptions.some(({ rawDelivery }) => rawDelivery),
      },
    ],
    queue: `${name}-queue`,
    dlq: dlq === undefined ? undefined : `${name}-dlq`,
    fifo: false,
    delay: 0,
    kmsKey: undefined,
    dlqKmsKey: undefined,
    handler: undefined,
  };
}
