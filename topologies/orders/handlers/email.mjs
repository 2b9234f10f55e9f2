import { dollars, readOrder } from './order.mjs';

/** What the email service does about an order event: the lines that it returns are shown. */
export default function email(event, facts) {
  const { type, order } = readOrder(event, facts);
  if (type === 'order.created') {
    return [
      `📧 Sending order confirmation email for order ${order.order_id}`,
      `   User: ${order.user_id}, Total: ${dollars(order.total)}`,
    ];
  }
  return [
    `📧 Sending status update email for order ${order.order_id}`,
    `   New status: ${order.status}`,
  ];
}
