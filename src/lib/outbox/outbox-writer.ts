import type { EventWriter } from '../events/event-codec.ts';
import type { ClaimedEvent } from './outbox.ts';

/**
 * Events of an outbox as messages: the text that was stored goes out as it is.
 * @param subject of the message of an event of a type; none unless given.
 */
export function outboxWriter(subject?: (eventType: string) => string): EventWriter<ClaimedEvent> {
  return {
    serialize: ({ payload }) => payload,
    subject: ({ eventType }) => subject?.(eventType),
    attributes: ({ eventType }) => ({ event_type: eventType }),
    id: ({ eventId }) => eventId,
    group: ({ key }) => key,
  };
}
