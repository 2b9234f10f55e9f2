import type { TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';

/**
 * Sends what an endpoint didn't take to the subscription's dead-letter queue: exactly the message, with its own
 * attributes, as a queue would have got it. The dead-letter queue's policy has to allow the topic as well.
 *
 * @returns whether the dead-letter queue took the message
 */
export function deliverToDeadLetterQueue(
  { state: { queues, parts } }: Pick<SnsContext, 'state'>,
  queueArn: string,
  delivery: TopicDelivery,
): boolean {
  const { ok } = queues.deliver(queueArn, delivery);
  const metric = ok
    ? 'NumberOfNotificationsRedrivenToDlq'
    : 'NumberOfNotificationsFailedToRedriveToDlq';
  parts.meter.add(delivery.topicArn, metric);
  return ok;
}
