import type { Aws } from '../../aws/clients.ts';
import { findQueueUrl, getQueueAttributes } from '../../aws/queues.ts';
import type { Attributes } from '../../aws/topics.ts';
import { SUBSCRIBER_DEFAULTS } from '../../definition/build.ts';
import type { SubscriberSpec } from '../../definition/topology.ts';
import { parseArn } from '../../rules/names.ts';
import { KEY_ATTRIBUTE } from '../key-setting.ts';

/** A queue as it stands, by its name. */
export interface FoundQueue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: Attributes;
}

/** Reads a queue of the target's account; undefined where there is none. @throws AppError when a call is refused. */
export async function readQueue(aws: Aws, name: string): Promise<FoundQueue | undefined> {
  const url = await findQueueUrl(aws, name);
  const attributes = url === undefined ? undefined : await getQueueAttributes(aws, url);
  return attributes && { name, arn: attributes.QueueArn ?? '', attributes };
}

/** A subscriber of a queue as it stands, to the letter; its dead-letter queue is read as well. */
export async function describeQueue(
  aws: Aws,
  queue: FoundQueue,
): Promise<Omit<SubscriberSpec, 'name' | 'subscriptions'>> {
  const { attributes } = queue;
  const { deadLetterArn, maxReceiveCount } = readRedrive(attributes.RedrivePolicy);
  const dlq = parseArn(deadLetterArn ?? '')?.resource;
  const dead = dlq === undefined ? undefined : await readQueue(aws, dlq);
  const defaults = SUBSCRIBER_DEFAULTS;
  const number = (name: string, usual: number): number => Number(attributes[name] ?? usual);
  return {
    queue: queue.name,
    dlq,
    fifo: queue.name.endsWith('.fifo'),
    visibilityTimeout: number('VisibilityTimeout', defaults.visibilityTimeout),
    receiveWait: number('ReceiveMessageWaitTimeSeconds', 0),
    retention: number('MessageRetentionPeriod', defaults.retention),
    delay: number('DelaySeconds', defaults.delay),
    maxReceiveCount: maxReceiveCount ?? defaults.maxReceiveCount,
    dlqRetention: Number(dead?.attributes.MessageRetentionPeriod ?? defaults.dlqRetention),
    kmsKey: attributes[KEY_ATTRIBUTE] || undefined,
    dlqKmsKey: dead === undefined ? undefined : dead.attributes[KEY_ATTRIBUTE] || undefined,
  };
}

/** What a redrive policy says; nothing where there is none. */
export function readRedrive(text: string | undefined): {
  readonly deadLetterArn: string | undefined;
  readonly maxReceiveCount: number | undefined;
} {
  try {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text || '{}');
    const deadLetterArn = typeof deadLetterTargetArn === 'string' ? deadLetterTargetArn : undefined;
    return { deadLetterArn, maxReceiveCount: Number(maxReceiveCount) || undefined };
  } catch {
    return { deadLetterArn: undefined, maxReceiveCount: undefined };
  }
}
