import type { OrderEvent } from '../../events/order-event.ts';

/** What the analytics service does about an order event: the same for every type. */
export function reactAsAnalytics(event: OrderEvent): string[] {
  return [
    `📊 Tracking analytics event: ${event.event_type}`,
    `   Order: ${event.order_id}, User: ${event.user_id}`,
    `   Total: $${event.total}, Status: ${event.status}`,
  ];
}
