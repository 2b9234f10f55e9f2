import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTopicsCommand,
  SetTopicAttributesCommand,
} from '@aws-sdk/client-sns';
import { controlCall, controlCallUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { snsAt, type TopicAccess } from './sns-at.ts';

/** Attributes of a topic, queue or subscription, as AWS names and writes them. */
export type Attributes = Readonly<Record<string, string>>;

/** What SNS answers about a topic or subscription that isn't there (SNS API model, "NotFoundException"). */
export const SNS_NOT_FOUND = ['NotFoundException', 'NotFound'] as const;

/** A topic's attributes (`GetTopicAttributes`); undefined where there is no such topic. */
export async function getTopicAttributes(
  aws: TopicAccess,
  topicArn: string,
): Promise<Attributes | undefined> {
  const answer = await controlCallUnless(aws, `read topic "${topicArn}"`, SNS_NOT_FOUND, () =>
    snsAt(aws, topicArn).send(new GetTopicAttributesCommand({ TopicArn: topicArn })),
  );
  return answer && (answer.Attributes ?? {});
}

/**
 * The ARN of the topic with this name (`ListTopics`, all pages), for servers that don't say which account they serve.
 * @returns undefined where there is none.
 */
export async function findTopicArn(aws: Aws, name: string): Promise<string | undefined> {
  for await (const arn of listTopicArns(aws)) if (arn.endsWith(`:${name}`)) return arn;
  return undefined;
}

/** The ARNs of all topics of this account and region (`ListTopics`), page after page. */
export async function* listTopicArns(aws: Aws): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const { Topics = [], NextToken } = await controlCall(aws, 'list the topics', () =>
      aws.sns.send(new ListTopicsCommand({ NextToken: token })),
    );
    for (const { TopicArn } of Topics) if (TopicArn) yield TopicArn;
    token = NextToken;
  } while (token);
}

/** Creates a topic with its attributes and tags in one call (`CreateTopic`). @returns its ARN. */
export async function createTopic(
  aws: Aws,
  topic: { name: string; attributes: Attributes; tags: Attributes },
): Promise<string> {
  const Tags = Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value }));
  const { TopicArn = '' } = await controlCall(aws, `create topic "${topic.name}"`, () =>
    aws.sns.send(
      new CreateTopicCommand({
        Name: topic.name,
        Tags,
        ...(Object.keys(topic.attributes).length > 0
          ? { Attributes: { ...topic.attributes } }
          : {}),
      }),
    ),
  );
  return TopicArn;
}

/** Sets one attribute (`SetTopicAttributes`). */
export async function setTopicAttribute(
  aws: Aws,
  topicArn: string,
  name: string,
  value: string,
): Promise<void> {
  await controlCall(aws, `set ${name} of topic "${topicArn}"`, () =>
    aws.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: name,
        AttributeValue: value,
      }),
    ),
  );
}

/** Deletes a topic (`DeleteTopic`); one that is gone already is not an error. */
export async function deleteTopic(aws: Aws, topicArn: string): Promise<void> {
  await controlCallUnless(aws, `delete topic "${topicArn}"`, SNS_NOT_FOUND, () =>
    snsAt(aws, topicArn).send(new DeleteTopicCommand({ TopicArn: topicArn })),
  );
}
