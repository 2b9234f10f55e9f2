import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { AppError } from '../rules/errors.ts';
import { PURGE_INTERVAL_SECONDS } from '../rules/limits.ts';
import { queueNameFromUrl } from '../rules/names.ts';
import { callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { isSdkError } from './errors.ts';
import { QUEUE_NOT_FOUND } from './queues.ts';
import { queueNotFound } from './received-messages.ts';

const IN_PROGRESS = ['PurgeQueueInProgress', 'AWS.SimpleQueueService.PurgeQueueInProgress'];

/**
 * Deletes all messages of a queue, the hidden ones too (`PurgeQueue`). On AWS it takes up to 60 s, and what arrives
 * meanwhile may go as well.
 * @throws AppError `QueueNotFound`; `PurgeQueueInProgress` within 60 s of the last time; or what the call failed with.
 */
export async function purgeQueue(aws: Aws, url: string): Promise<void> {
  const name = queueNameFromUrl(url);
  const done = await callUnless(aws, `purge queue "${name}"`, QUEUE_NOT_FOUND, async () => {
    try {
      await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
      return true;
    } catch (error) {
      if (!isSdkError(error, ...IN_PROGRESS)) throw error;
      throw new AppError({
        code: 'PurgeQueueInProgress',
        message: `Queue "${name}" was purged less than ${PURGE_INTERVAL_SECONDS} s ago; SQS takes no other purge until then.`,
        hint: 'Wait a minute and run it again, or delete chosen messages with a filter such as --older-than 0s.',
        cause: error,
      });
    }
  });
  if (done === undefined) throw queueNotFound(url);
}
