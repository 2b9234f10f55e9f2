import { MAX_QUEUE_NAME_LENGTH } from '../../../rules/limits.ts';
import { invalidParameter } from './errors.ts';

const NAME = /^[A-Za-z0-9_-]+$/;
const FIFO_SUFFIX = '.fifo';

/**
 * Checks the name of a queue to be created.
 *
 * @throws ServiceError InvalidParameterValue
 */
export function checkQueueName(name: string, fifo: boolean): void {
  const stem = fifo && name.endsWith(FIFO_SUFFIX) ? name.slice(0, -FIFO_SUFFIX.length) : name;
  const fits = name.length <= MAX_QUEUE_NAME_LENGTH && NAME.test(stem);
  if (fifo && (!fits || stem === name)) {
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  if (!fits) {
    throw invalidParameter(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
}
