import { getTopicAttributes, listTopicArns } from '../../aws/topics.ts';
import { AppError } from '../../rules/errors.ts';
import { parseArn, topicArn } from '../../rules/names.ts';
import { nearest } from '../../rules/text/nearest.ts';
import type { Target } from './read-topic.ts';

/**
 * The ARN of a topic that is there, by its name or ARN.
 * @throws AppError `TopicNotFound` with the nearest name where there is none.
 */
export async function topicNamed(target: Target, given: string): Promise<string> {
  const { aws, identity } = target;
  const name = parseArn(given)?.resource ?? given;
  const isArn = given.startsWith('arn:');
  const guess = isArn ? given : identity.account ? topicArn(identity, given) : undefined;
  if (guess !== undefined && /^[A-Za-z0-9_-]+(\.fifo)?$/.test(name)) {
    if ((await getTopicAttributes(aws, guess)) !== undefined) return guess;
  }
  const names: string[] = [];
  for await (const arn of listTopicArns(aws)) {
    const each = parseArn(arn)?.resource ?? '';
    if (!isArn && each === name) return arn;
    names.push(each);
  }
  const near = nearest(name, names);
  throw new AppError({
    code: 'TopicNotFound',
    message: `There is no topic "${given}".${near ? ` Did you mean "${near}"?` : ''}`,
    hint: 'See what is there with: pubsub ls',
  });
}
