import { usageError } from '../rules/errors.ts';
import { MAX_FUNCTION_NAME_LENGTH } from '../rules/functions.ts';
import { assertQueueName, assertTopicName } from '../rules/names.ts';
import { MAX_TABLE_NAME_LENGTH, MIN_TABLE_NAME_LENGTH } from '../rules/tables.ts';
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
export function assertNames({ topics, subscribers, tables, functions }: Topology): void {
  assertOwnNames('table', tables, { least: MIN_TABLE_NAME_LENGTH, most: MAX_TABLE_NAME_LENGTH });
  assertOwnNames('function', functions, { least: 1, most: MAX_FUNCTION_NAME_LENGTH });
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

/** Names of tables, or of functions: neither too short nor too long with the prefix, and each once. */
function assertOwnNames(
  kind: 'table' | 'function',
  named: readonly { readonly key: string; readonly name: string }[],
  { least, most }: { readonly least: number; readonly most: number },
): void {
  const owners = new Map<string, string>();
  for (const { key, name } of named) {
    const other = owners.get(name);
    if (other !== undefined) {
      throw usageError(
        `The name "${name}" is used for the ${kind}s "${other}" and "${key}".`,
        'Give each a name of its own.',
        'InvalidName',
      );
    }
    if (name.length < least || name.length > most) {
      throw usageError(
        `The ${kind}'s name "${name}" has ${name.length} characters; AWS wants ${least} to ${most}.`,
        name.length > most ? 'Choose a shorter --prefix.' : 'Give it a longer name.',
        'InvalidName',
      );
    }
    owners.set(name, key);
  }
}

function shared(queue: string, who: string): Error {
  return usageError(
    `Queue name "${queue}" is used for ${who}.`,
    'Give each a name of its own, such as: queue: payments-ledger',
    'InvalidName',
  );
}
