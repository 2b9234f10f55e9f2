import type { OrderEvent, OrderEventType } from '../order-event.ts';

/** What an event is made of, each as an SQL expression. */
export interface EventExpressions {
  readonly eventId: string;
  readonly type: OrderEventType;
  readonly orderId: string;
  readonly userId: string;
  readonly total: string;
  readonly status: string;
  readonly at: string;
}

/**
 * An SQL expression for the JSON text of an order event. The order and its event are written by one statement, and
 * only that statement knows the order's id.
 */
export function eventSql(event: EventExpressions): string {
  // As text: `json_build_object` would need a cast for each value, and writes spaces.
  const fields: Readonly<Record<keyof OrderEvent, string>> = {
    event_id: quoted(event.eventId),
    event_type: `'"${event.type}"'`,
    order_id: event.orderId,
    user_id: event.userId,
    total: event.total,
    status: quoted(event.status),
    timestamp: quoted(timeSql(event.at)),
  };
  return jsonObjectSql(fields);
}

/** An SQL expression for the text of a JSON object. @param fields each with an SQL expression for its JSON text. */
export function jsonObjectSql(fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(
    ([name, sql], index) => `'${index === 0 ? '{' : ','}"${name}":' || ${sql}`,
  );
  return `(${parts.join(' || ')} || '}')`;
}

/** An SQL expression for a text as JSON; the text MUST NOT need escaping. */
export function quoted(sql: string): string {
  return `'"' || ${sql} || '"'`;
}

/** An SQL expression for a `timestamptz(3)` in ISO 8601, as JavaScript writes it. */
export function timeSql(at: string): string {
  return `to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
