import type { OrderEvent, OrderStatus } from '../../events/order-event.ts';

/** What a new status means for the goods; the other statuses change nothing. */
const CONSEQUENCES: Partial<Record<OrderStatus, string>> = {
  cancelled: '   Releasing reserved inventory',
  shipped: '   Removing items from inventory',
};

/** What the inventory service does about an order event. */
export function reactAsInventory(event: OrderEvent): string[] {
  switch (event.event_type) {
    case 'order.created':
      return [
        `📦 Reserving inventory for order ${event.order_id}`,
        `   Processing $${event.total} worth of items`,
      ];
    case 'order.updated': {
      const consequence = CONSEQUENCES[event.status];
      return [
        `📦 Handling status change for order ${event.order_id}`,
        `   Status: ${event.status}`,
        ...(consequence === undefined ? [] : [consequence]),
      ];
    }
  }
}
