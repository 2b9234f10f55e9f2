import type { Aws } from '../aws/clients.ts';
import { getQueueAttributes } from '../aws/queues.ts';
import { AppError } from '../rules/errors.ts';
import { queueNameFromUrl } from '../rules/names.ts';
import { pause } from './pause.ts';

/**
 * A new queue's ARN: asked for, not put together, since the queue's account is whatever the server says it is. AWS may
 * need a second until a new queue is known everywhere (`CreateQueue`).
 * @throws AppError `QueueDoesNotExist` when it can't be read after seconds.
 */
export async function arnOfNewQueue(aws: Aws, url: string): Promise<string> {
  for (const seconds of [0, 0.25, 0.5, 1, 2, 4]) {
    await pause(seconds * 1000, undefined);
    const attributes = await getQueueAttributes(aws, url, ['QueueArn']);
    if (attributes?.QueueArn) return attributes.QueueArn;
  }
  throw new AppError({
    code: 'QueueDoesNotExist',
    message: `Queue "${queueNameFromUrl(url)}" was created, but can't be read yet.`,
    hint: 'Run it again.',
  });
}
