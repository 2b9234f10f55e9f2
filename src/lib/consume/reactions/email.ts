import type { OrderEvent } from '../../events/order-event.ts';

/** What the email service does about an order event. */
export function reactAsEmail(event: OrderEvent): string[] {
  switch (event.event_type) {
    case 'order.created':
      return [
        `📧 Sending order confirmation email for order ${event.order_id}`,
        `   User: ${event.user_id}, Total: $${event.total}`,
      ];
    case 'order.updated':
      return [
        `📧 Sending status update email for order ${event.order_id}`,
        `   New status: ${event.status}`,
      ];
  }
}
