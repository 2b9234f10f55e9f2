import {
  EVENT_TYPES,
  type EventType,
  ORDER_STATUSES,
  type OrderEvent,
  serializeOrderEvent,
} from '../../events/order-event.ts';
import { orderEventCodec } from '../../events/order-event-codec.ts';
import { createOrderEvent, SAMPLE_ORDERS } from '../../events/sample-orders.ts';
import type { FilterableMessage } from '../../rules/filter-policy/index.ts';

/** A message as SNS sees it, with a name to call it by. */
export interface CandidateMessage extends FilterableMessage {
  /** Such as `order.created`. */
  readonly name: string;
  /** The event's id, where the body has one. */
  readonly eventId: string | undefined;
}

/** An order event as `pubsub publish` sends it. */
export function candidateOf(event: OrderEvent): CandidateMessage {
  return {
    name: event.event_type,
    eventId: event.event_id,
    body: serializeOrderEvent(event),
    attributes: Object.fromEntries(
      Object.entries(orderEventCodec.attributes(event)).map(([name, value]) => [
        name,
        typeof value === 'string'
          ? { DataType: 'String', StringValue: value }
          : { DataType: value.type, StringValue: value.value },
      ]),
    ),
  };
}

/** The messages that publishers here send: every event type with every status that an order can have. */
export function usualMessages(): CandidateMessage[] {
  return EVENT_TYPES.flatMap((type) => statusesOf(type).map((status) => sample(type, status)));
}

/** Fields that the body of an order event has. */
export const BODY_FIELDS: ReadonlySet<string> = new Set(
  Object.keys(createOrderEvent('order.created', SAMPLE_ORDERS[0])),
);

/** Attributes that every order event has. */
export const SENT_ATTRIBUTES: ReadonlySet<string> = new Set(
  Object.keys(orderEventCodec.attributes(createOrderEvent('order.created', SAMPLE_ORDERS[0]))),
);

function statusesOf(type: EventType): readonly OrderEvent['status'][] {
  return type === 'order.created' ? ['pending'] : ORDER_STATUSES;
}

function sample(type: EventType, status: OrderEvent['status']): CandidateMessage {
  return candidateOf(createOrderEvent(type, { ...SAMPLE_ORDERS[0], status }));
}
