import type { TopicAccess } from '../aws/sns-at.ts';
import type { ClaimedEvent } from '../outbox/outbox.ts';
import { outboxWriter } from '../outbox/outbox-writer.ts';
import { createEventPublisher, type Publisher } from '../publish/publisher.ts';
import type { Tracing } from '../tracing/tracing.ts';

/** Order events of the outbox as messages. */
export const orderEvents = outboxWriter((eventType) => `Order Event: ${eventType}`);

/** A publisher of order events to one topic of SNS, which need not exist yet. */
export function createOrderPublisher(to: {
  readonly aws: TopicAccess;
  readonly topicArn: string;
  readonly tracing?: Tracing | undefined;
}): Publisher<ClaimedEvent> {
  return createEventPublisher({ ...to, writer: orderEvents });
}
