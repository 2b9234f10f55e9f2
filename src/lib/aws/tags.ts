import {
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { ListQueueTagsCommand, TagQueueCommand, UntagQueueCommand } from '@aws-sdk/client-sqs';
import { queueNameFromUrl } from '../rules/names.ts';
import { controlCall, controlCallUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { QUEUE_NOT_FOUND } from './queues.ts';
import { type Attributes, SNS_NOT_FOUND } from './topics.ts';

/** The tag calls of SNS have an error of their own for a topic that isn't there (SNS API model). */
const TOPIC_NOT_FOUND = ['ResourceNotFoundException', 'ResourceNotFound', ...SNS_NOT_FOUND];

/** A topic's tags (`ListTagsForResource`); undefined where there is no such topic. */
export async function topicTags(aws: Aws, topicArn: string): Promise<Attributes | undefined> {
  const answer = await controlCallUnless(
    aws,
    `read the tags of topic "${topicArn}"`,
    TOPIC_NOT_FOUND,
    () => aws.sns.send(new ListTagsForResourceCommand({ ResourceArn: topicArn })),
  );
  return (
    answer &&
    Object.fromEntries((answer.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
  );
}

/** Adds tags to a topic, or changes their values (`TagResource`). */
export async function tagTopic(aws: Aws, topicArn: string, tags: Attributes): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await controlCall(aws, `tag topic "${topicArn}"`, () =>
    aws.sns.send(new TagResourceCommand({ ResourceArn: topicArn, Tags })),
  );
}

/** A queue's tags (`ListQueueTags`); undefined where there is no such queue. */
export async function queueTags(aws: Aws, url: string): Promise<Attributes | undefined> {
  const answer = await controlCallUnless(
    aws,
    `read the tags of queue "${queueNameFromUrl(url)}"`,
    QUEUE_NOT_FOUND,
    () => aws.sqs.send(new ListQueueTagsCommand({ QueueUrl: url })),
  );
  return answer && (answer.Tags ?? {});
}

/** Adds tags to a queue, or changes their values (`TagQueue`). */
export async function tagQueue(aws: Aws, url: string, tags: Attributes): Promise<void> {
  await controlCall(aws, `tag queue "${queueNameFromUrl(url)}"`, () =>
    aws.sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { ...tags } })),
  );
}

/** Takes tags off a topic (`UntagResource`). */
export async function untagTopic(
  aws: Aws,
  topicArn: string,
  keys: readonly string[],
): Promise<void> {
  await controlCall(aws, `untag topic "${topicArn}"`, () =>
    aws.sns.send(new UntagResourceCommand({ ResourceArn: topicArn, TagKeys: [...keys] })),
  );
}

/** Takes tags off a queue (`UntagQueue`). */
export async function untagQueue(aws: Aws, url: string, keys: readonly string[]): Promise<void> {
  await controlCall(aws, `untag queue "${queueNameFromUrl(url)}"`, () =>
    aws.sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: [...keys] })),
  );
}
