import { AppError } from '../../rules/errors.ts';
import type { SnsState } from '../services/sns/state.ts';
import type { Topic } from '../services/sns/topic.ts';
import type { Queue } from '../services/sqs/queue/queue.ts';
import { parseQueueAddress } from '../services/sqs/queue-address.ts';
import { queueByArn, type SqsState } from '../services/sqs/state.ts';

/**
 * The queue of a name, an ARN or a URL; undefined when there is none.
 *
 * @param callersRegion where it is if `text` names no region; any unless given
 * @throws AppError `QueueAmbiguous` for a name that several accounts or regions have
 */
export function findQueue(sqs: SqsState, text: string, callersRegion?: string): Queue | undefined {
  if (text.startsWith('arn:')) return queueByArn(sqs, text);
  const { name, account, region = callersRegion } = parseQueueAddress(text) ?? {};
  const found = [...sqs.queues.values()].filter(
    (queue) =>
      queue.name === name &&
      (account === undefined || queue.account === account) &&
      (region === undefined || queue.region === region),
  );
  return only(found, 'queue', text);
}

/**
 * The topic of a name or an ARN; undefined when there is none.
 *
 * @throws AppError `TopicAmbiguous` for a name that several accounts or regions have
 */
export function findTopic(sns: SnsState, text: string): Topic | undefined {
  if (text.startsWith('arn:')) return sns.topics.get(text);
  const found = [...sns.topics.values()].filter(({ arn }) => arn.endsWith(`:${text}`));
  return only(found, 'topic', text);
}

function only<Found extends { readonly arn: string }>(
  found: readonly Found[],
  kind: 'queue' | 'topic',
  text: string,
): Found | undefined {
  if (found.length < 2) return found[0];
  throw new AppError({
    code: kind === 'queue' ? 'QueueAmbiguous' : 'TopicAmbiguous',
    message: `There are ${found.length} ${kind}s named ${text}, in several accounts or regions.`,
    hint: `Give an ARN: ${found.map(({ arn }) => arn).join(', ')}`,
  });
}
