import type { TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';

/**
 * Sends what an endpoint didn't take to the subscription's dead-letter queue: exactly the message, with its own
 * attributes, as a queue would have got it. The dead-letter queue's policy has to allow the topic as well.
 *
 * @returns whether the dead-letter queue took the message
 */
export function deliverToDeadLetterQueue(
  { state: { queues } }: Pick<SnsContext, 'state'>,
  queueArn: string,
  delivery: TopicDelivery,
): boolean {
  return queues.deliver(queueArn, delivery).ok;
}
