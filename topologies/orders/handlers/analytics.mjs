import { dollars, readOrder } from './order.mjs';

/** What the analytics service does about an order event, the same for every type: the lines that it returns are shown. */
export default function analytics(event, facts) {
  const { type, order } = readOrder(event, facts);
  return [
    `📊 Tracking analytics event: ${type}`,
    `   Order: ${order.order_id}, User: ${order.user_id}`,
    `   Total: ${dollars(order.total)}, Status: ${order.status}`,
  ];
}
