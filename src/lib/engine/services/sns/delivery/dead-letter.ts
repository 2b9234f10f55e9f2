import { randomUUID } from 'node:crypto';
import { MAX_MESSAGE_ATTRIBUTES } from '../../../../rules/limits.ts';
import type { TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';

type Attributes = NonNullable<TopicDelivery['attributes']>;

/**
 * Sends what a queue refused to the subscription's dead-letter queue, with the reason in the message attributes
 * `RequestID`, `ErrorCode` and `ErrorMessage`. The message's own attributes go along as far as there is room for them.
 * The dead-letter queue's policy has to allow the topic as well.
 *
 * @returns whether the dead-letter queue took the message
 */
export function deliverToDeadLetterQueue(
  ctx: SnsContext,
  queueArn: string,
  delivery: TopicDelivery,
  failure: { readonly errorCode: string; readonly reason: string },
): boolean {
  const attributes: Attributes = {
    RequestID: { DataType: 'String', StringValue: randomUUID() },
    ErrorCode: { DataType: 'String', StringValue: failure.errorCode },
    ErrorMessage: { DataType: 'String', StringValue: failure.reason },
  };
  const own = Object.entries(delivery.attributes ?? {});
  const room = MAX_MESSAGE_ATTRIBUTES - Object.keys(attributes).length;
  for (const [name, value] of own.slice(0, room)) attributes[name] ??= value;
  return ctx.state.queues.deliver(queueArn, { ...delivery, attributes }).ok;
}
