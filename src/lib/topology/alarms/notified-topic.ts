import { findTopicArn, getTopicAttributes } from '../../aws/topics.ts';
import { AppError } from '../../rules/errors.ts';
import { nameOfArn, parseArn } from '../../rules/names.ts';
import type { Place } from '../inspect.ts';

/**
 * The topic that is told of alarms, which has to be there.
 * @param word the key of a topic of the topology, a topic's name, or its ARN.
 * @param creation the command line that makes a topic of a name. @throws AppError `TopicNotFound`
 */
export async function notifiedTopic(
  { aws, topology }: Place,
  word: string,
  creation: (name: string) => string,
): Promise<string> {
  const spec = topology.topics.find(({ key }) => key === word);
  const wanted = spec?.arn ?? spec?.name ?? word;
  const isArn = parseArn(wanted) !== undefined;
  const arn = isArn ? wanted : await findTopicArn(aws, wanted);
  if (arn !== undefined && (await getTopicAttributes(aws, arn)) !== undefined) return arn;
  throw new AppError({
    code: 'TopicNotFound',
    message: `There is no topic "${word}" that alarms could notify.`,
    hint: `Make it with: ${creation(nameOfArn(wanted))}`,
  });
}
