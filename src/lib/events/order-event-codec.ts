import type { EventWriter } from './event-codec.ts';
import { eventSubject, type OrderEvent, serializeOrderEvent } from './order-event.ts';

/** Order events as messages: JSON with `total` to the cent. */
export const orderEventCodec: EventWriter<OrderEvent> = {
  serialize: serializeOrderEvent,
  id: ({ event_id }) => event_id,
  subject: eventSubject,
  attributes: ({ event_type }) => ({ event_type }),
  group: ({ order_id }) => String(order_id),
};
