import { usageError } from '../rules/errors.ts';
import { assertQueueName, assertTopicName } from '../rules/names.ts';
import { queueNames, type Topology } from './topology.ts';

/** How the names of FIFO topics and queues end (`CreateTopic`, `CreateQueue`). */
export const FIFO_SUFFIX = '.fifo';

/**
 * The name of a topic or queue on the target: with the prefix and a dash before it, and `.fifo` at the end of a FIFO
 * one's that lacks it.
 */
export function resourceName(prefix: string, name: string, fifo: boolean): string {
  const end = fifo && !name.endsWith(FIFO_SUFFIX) ? FIFO_SUFFIX : '';
  return `${prefix && `${prefix}-`}${name}${end}`;
}

/**
 * Checks all names of a topology.
 * @throws AppError `InvalidName` (exit 2) for one that AWS would refuse, or that two different things would share.
 */
export function assertNames({ topics, subscribers }: Topology): void {
  for (const { name, arn } of topics) if (arn === undefined) assertTopicName(name);
  const owners = new Map<string, string>();
  for (const { name, queue } of subscribers) {
    const other = owners.get(queue);
    if (other !== undefined) throw shared(queue, `the subscribers "${other}" and "${name}"`);
    owners.set(queue, name);
  }
  for (const subscriber of subscribers) {
    for (const name of queueNames(subscriber)) assertQueueName(name);
    const { dlq = '' } = subscriber;
    const owner = owners.get(dlq);
    if (owner !== undefined) {
      throw shared(dlq, `the queue of "${owner}" and the dead letters of "${subscriber.name}"`);
    }
  }
}

function shared(queue: string, who: string): Error {
  return usageError(
    `Queue name "${queue}" is used for ${who}.`,
    'Give each a name of its own, such as: queue: payments-ledger',
    'InvalidName',
  );
}
