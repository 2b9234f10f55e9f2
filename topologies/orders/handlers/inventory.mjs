import { dollars, readOrder } from './order.mjs';

/** What a new status means for the goods; the other statuses change nothing. */
const CONSEQUENCES = {
  cancelled: '   Releasing reserved inventory',
  shipped: '   Removing items from inventory',
};

/** What the inventory service does about an order event: the lines that it returns are shown. */
export default function inventory(event, facts) {
  const { type, order } = readOrder(event, facts);
  if (type === 'order.created') {
    return [
      `📦 Reserving inventory for order ${order.order_id}`,
      `   Processing ${dollars(order.total)} worth of items`,
    ];
  }
  const consequence = CONSEQUENCES[order.status];
  return [
    `📦 Handling status change for order ${order.order_id}`,
    `   Status: ${order.status}`,
    ...(consequence === undefined ? [] : [consequence]),
  ];
}
