import type { EventType } from '../../events/order-event.ts';

/** What an event is made of, each as an SQL expression. */
export interface EventExpressions {
  readonly eventId: string;
  readonly type: EventType;
  readonly orderId: string;
  readonly userId: string;
  readonly total: string;
  readonly status: string;
  readonly at: string;
}

/**
 * An SQL expression for an event's JSON, the same to the letter as `serializeOrderEvent` writes. The order and its event
 * are written by one statement, and only that statement knows the order's id.
 */
export function eventSql(event: EventExpressions): string {
  return `('{"event_id":"' || ${event.eventId} || '","event_type":"${event.type}","order_id":' || ${event.orderId}
    || ',"user_id":' || ${event.userId} || ',"total":' || ${event.total} || ',"status":"' || ${event.status}
    || '","timestamp":"' || ${timeSql(event.at)} || '"}')`;
}

/** An SQL expression for a `timestamptz(3)` in ISO 8601, as JavaScript writes it. */
export function timeSql(at: string): string {
  return `to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
