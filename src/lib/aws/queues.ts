import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { AppError } from '../rules/errors.ts';
import { queueNameFromUrl } from '../rules/names.ts';
import { controlCall, controlCallUnless } from './call.ts';
import type { Aws } from './clients.ts';
import type { Attributes } from './topics.ts';

/** What SQS answers about a queue that isn't there: the JSON protocol's name, and the older one's. */
export const QUEUE_NOT_FOUND = [
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
] as const;

const DELETED_RECENTLY: readonly string[] = [
  'QueueDeletedRecently',
  'AWS.SimpleQueueService.QueueDeletedRecently',
];

/** Whether a queue can't be created because one of its name was deleted less than 60 s ago (`CreateQueue`). */
export function isDeletedRecently(error: unknown): boolean {
  return error instanceof AppError && DELETED_RECENTLY.includes(error.code);
}

/** The URL of a queue of this account (`GetQueueUrl`); undefined where there is no such queue. */
export async function findQueueUrl(aws: Aws, name: string): Promise<string | undefined> {
  const answer = await controlCallUnless(aws, `find queue "${name}"`, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(new GetQueueUrlCommand({ QueueName: name })),
  );
  return answer?.QueueUrl;
}

/**
 * The URLs of all queues of this account and region (`ListQueues`, all pages).
 * @param prefix what their names begin with; any unless given.
 */
export async function listQueueUrls(aws: Aws, prefix?: string): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const { QueueUrls = [], NextToken } = await controlCall(aws, 'list the queues', () =>
      aws.sqs.send(
        // Without a page size SQS gives no token, and no more than a thousand.
        new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1000, NextToken: token }),
      ),
    );
    found.push(...QueueUrls);
    token = NextToken;
  } while (token);
  return found;
}

/**
 * A queue's attributes (`GetQueueAttributes`); undefined where there is no such queue.
 * @param names which attributes; all unless given.
 */
export async function getQueueAttributes(
  aws: Aws,
  url: string,
  names: readonly QueueAttributeName[] = ['All'],
): Promise<Attributes | undefined> {
  const answer = await controlCallUnless(
    aws,
    `read queue "${queueNameFromUrl(url)}"`,
    QUEUE_NOT_FOUND,
    () =>
      aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] })),
  );
  return answer && (answer.Attributes ?? {});
}

/**
 * Creates a queue with its attributes and tags in one call (`CreateQueue`). @returns its URL.
 * @throws AppError; see `isDeletedRecently` for the one that passes by itself.
 */
export async function createQueue(
  aws: Aws,
  queue: { name: string; attributes: Attributes; tags: Attributes },
): Promise<string> {
  const { QueueUrl = '' } = await controlCall(aws, `create queue "${queue.name}"`, () =>
    aws.sqs.send(
      new CreateQueueCommand({
        QueueName: queue.name,
        Attributes: { ...queue.attributes },
        tags: { ...queue.tags },
      }),
    ),
  );
  return QueueUrl;
}

/** Sets attributes (`SetQueueAttributes`); an empty value takes a policy away. AWS may need 60 s to heed them. */
export async function setQueueAttributes(
  aws: Aws,
  url: string,
  attributes: Attributes,
): Promise<void> {
  const what = `set ${Object.keys(attributes).join(', ')} of queue "${queueNameFromUrl(url)}"`;
  await controlCall(aws, what, () =>
    aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { ...attributes } })),
  );
}

/** Deletes a queue and the messages in it (`DeleteQueue`); one that is gone already is not an error. */
export async function deleteQueue(aws: Aws, url: string): Promise<void> {
  await controlCallUnless(aws, `delete queue "${queueNameFromUrl(url)}"`, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(new DeleteQueueCommand({ QueueUrl: url })),
  );
}
