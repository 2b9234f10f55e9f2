import type { SubscriberSpec } from '../../definition/topology.ts';
import { type Finding, fail, ok, SETUP, warn } from '../../diagnose/doctor/check.ts';
import type { SubscriberStatus } from '../../diagnose/status/status.ts';
import type { Change, Difference } from '../../topology/change.ts';

/** A finding with its check's id. */
type Named = Finding & { readonly id: string };

/** What is to be said of a subscriber's bindings and queues, in the order of a message's way. */
export function subscriberFindings(
  spec: SubscriberSpec,
  status: SubscriberStatus | undefined,
  changes: readonly Change[],
  vhost: string,
): Named[] {
  const { queue, dlq } = spec;
  const changeOf = (type: Change['type'], name: string) =>
    changes.find((each) => each.type === type && each.name === name);
  const found = changeOf('queue', queue);
  if (found === undefined || found.action === 'create') {
    return [{ id: 'queue', ...fail(`There is no queue "${queue}".`, SETUP) }];
  }
  const bindings = changes.filter(({ type, name }) => type === 'subscription' && name === queue);
  const dead = dlq === undefined ? undefined : changeOf('dlq', dlq);
  return [
    ...bindings.map((change) => ({ id: 'subscription', ...bindingFinding(change) })),
    { id: 'queue', ...ok(`queue "${queue}"`) },
    ...attributeFindings(found.differences, makeAnew(vhost, queue)),
    { id: 'redrive', ...redriveFinding(spec, found.differences, dead, makeAnew(vhost, queue)) },
    ...(status === undefined ? [] : [{ id: 'consumers', ...consumersFinding(spec, status) }]),
    ...(status?.dlqDepth == null
      ? []
      : [{ id: 'dead-letters', ...deadLettersFinding(spec, status.dlqDepth) }]),
  ];
}

function bindingFinding({ action, topic, differences }: Change): Finding {
  const where = topic === undefined ? '' : `${topic}: `;
  if (action === 'create') return fail(`${where}the queue is not bound.`, SETUP);
  const [difference] = differences;
  if (difference === undefined) return ok(`${where}bound as the file says`);
  const { from = '', to = '' } = difference;
  return fail(`${where}binding keys are ${from || 'none'} and should be ${to}.`, SETUP);
}

/** Settings that say how a message dies. */
const OF_DEATH = /^x-(dead-letter|delivery-limit|overflow)/;

function attributeFindings(differences: readonly Difference[], remedy: string): Named[] {
  const others = differences.filter(({ setting }) => !OF_DEATH.test(setting));
  if (others.length === 0) return [];
  return [{ id: 'queue-attributes', ...warn(`${inWords(others)}; ${remedy}`) }];
}

/** How a queue gets other arguments. */
function makeAnew(vhost: string, queue: string): string {
  return `RabbitMQ can't change it. Stop publishers, let its consumers empty it, then: rabbitmqctl delete_queue -p ${vhost} ${queue}; pubsub setup`;
}

function redriveFinding(
  { dlq, maxReceiveCount }: SubscriberSpec,
  differences: readonly Difference[],
  dead: Change | undefined,
  remedy: string,
): Finding {
  if (dlq === undefined) return ok('it has no dead-letter queue');
  if (dead === undefined || dead.action === 'create') {
    return fail(`There is no dead-letter queue "${dlq}": what fails stays in the queue.`, SETUP);
  }
  const wrong = differences.filter(({ setting }) => OF_DEATH.test(setting));
  if (wrong.length > 0) return fail(`${inWords(wrong)}; ${remedy}`);
  const times = maxReceiveCount === 1 ? '1 delivery' : `${maxReceiveCount} deliveries`;
  return ok(`after ${times} to ${dlq}`);
}

function consumersFinding(
  { name }: SubscriberSpec,
  { depth, consumers, inFlight }: SubscriberStatus,
): Finding {
  const counts = `${depth ?? 0} waiting, ${consumers ?? 0} ${consumers === 1 ? 'consumer' : 'consumers'}`;
  if ((depth ?? 0) > 0 && (consumers ?? 0) === 0 && (inFlight ?? 0) === 0) {
    const listen = { tool: 'pubsub', words: ['listen', name], safe: false } as const;
    return warn(`${counts}: nobody receives.`, listen);
  }
  return ok(counts);
}

function deadLettersFinding({ name, dlq = '' }: SubscriberSpec, count: number): Finding {
  if (count === 0) return ok(`${dlq} is empty`);
  const letters = count === 1 ? '1 message lies' : `${count} messages lie`;
  return fail(
    `${letters} in ${dlq}. See why with: pubsub dlq show ${name}; fix the consumer before you send them back.`,
    { tool: 'pubsub', words: ['dlq', 'redrive', name], safe: false },
  );
}

function inWords(differences: readonly Difference[]): string {
  return differences
    .map(
      ({ setting, from = 'not set', to = 'not set' }) =>
        `${setting} is ${from} and should be ${to}`,
    )
    .join(', ');
}
