import type { BrokerAccess } from '../../transport/transport.ts';
import type { Breakage } from './breakage.ts';

/** On RabbitMQ, which has no queue policies: the bindings of a queue to an exchange. */
export function bindingBreakage(broker: BrokerAccess): Breakage {
  return {
    breaking: {
      title: 'Remove a binding',
      why: 'the exchange makes no copy any more, and tells nobody',
    },
    mending: {
      title: 'Bind it again',
      why: 'what was lost stays lost; what comes now arrives',
    },
    part: 'binding',
    ineffective: 'something else leads from the exchange to its queue',
    async cut(stage, subscriber, topic) {
      stage.tell({
        kind: 'remark',
        text: 'RabbitMQ has no queue policies: what reaches a queue is up to its bindings.',
      });
      const keys = await broker.unbind(topic, subscriber);
      stage.tell({ kind: 'bindingRemoved', queue: subscriber.queue, keys });
    },
    diagnose: (stage, subscriber) =>
      broker.diagnose({
        topology: { ...stage.options.topology, subscribers: [subscriber] },
        missing: undefined,
      }),
    mended: (queue) => ({ kind: 'bindingRestored', queue }),
  };
}
