import type { TopicAccess } from '../aws/sns-at.ts';
import type { EventWriter } from '../events/event-codec.ts';
import { createEventPublisher, type Publisher } from '../publish/publisher.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { ClaimedEvent } from './outbox.ts';

/** Outbox events as messages: the text that was stored goes out as it is. */
const outboxWriter: EventWriter<ClaimedEvent> = {
  serialize: ({ payload }) => payload,
  subject: ({ eventType }) => `Order Event: ${eventType}`,
  attributes: ({ eventType }) => ({ event_type: eventType }),
  id: ({ eventId }) => eventId,
  group: ({ orderId }) => orderId,
};

/** A publisher of outbox events to one topic, which need not exist yet. */
export function createOutboxPublisher(to: {
  aws: TopicAccess;
  topicArn: string;
  tracing?: Tracing | undefined;
}): Publisher<ClaimedEvent> {
  return createEventPublisher({ ...to, writer: outboxWriter });
}
