import { snsTopic } from '../aws/message-topic.ts';
import type { TopicAccess } from '../aws/sns-at.ts';
import type { EventWriter } from '../events/event-codec.ts';
import { type OutgoingEvent, outgoingEvents } from '../events/outgoing-event.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { PublishItem, PublishOptions, PublishReport, PublishTo } from './publish-item.ts';
import { PublishRun } from './publish-run.ts';

export type { PublishFailure, PublishItem, PublishOptions, PublishReport } from './publish-item.ts';

export interface Publisher<E = OutgoingEvent> {
  /**
   * Publishes events in batches of ten, several batches at once. Entries that AWS refuses for a reason of its own
   * (`SenderFault: false`) are tried again with backoff, and so are requests that were throttled, met a fault of the
   * service, or no answer; what is refused for the sender's fault is not. An answer that got lost may make an event
   * arrive twice. One message makes a batch of one: there is no other path. Never throws for a failed publish: the
   * report says it.
   *
   * On a FIFO topic an event is sent when SNS has those of its group that came before it; groups go side by side, so a
   * batch has one event of a group. Once an event failed, those of its group that come after it fail too
   * (`GroupHeldBack`). The deduplication id is the event's id: a request that is made again makes no copies.
   */
  publish(
    items: Iterable<PublishItem<E>> | AsyncIterable<PublishItem<E>>,
    options?: PublishOptions<E>,
  ): Promise<PublishReport>;
}

/** A topic of SNS. */
export interface SnsTopic {
  readonly aws: TopicAccess;
  readonly topicArn: string;
  /** Records traces; absent where nobody does. */
  readonly tracing?: Tracing | undefined;
}

/** A publisher of events as `createEventMaker` makes them, to one topic of SNS. */
export function createPublisher(to: SnsTopic): Publisher {
  return createEventPublisher({ ...to, writer: outgoingEvents });
}

/** A publisher of events of any kind to one topic of SNS. */
export function createEventPublisher<E>(
  to: SnsTopic & { readonly writer: EventWriter<E> },
): Publisher<E> {
  const { aws, topicArn, writer, tracing } = to;
  return createTopicPublisher({ topic: snsTopic(aws, topicArn), writer, tracing });
}

/** A publisher of events of any kind to a topic of any kind. */
export function createTopicPublisher<E>(to: PublishTo<E>): Publisher<E> {
  return {
    async publish(items, options = {}) {
      const run = new PublishRun(to, options);
      await run.drain(items);
      return run.report();
    },
  };
}
