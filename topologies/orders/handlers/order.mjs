/** What the handlers of the orders topology share. */

const TYPES = ['order.created', 'order.updated'];

/**
 * An order event's type and fields, whether they stand beside `event_type` or in `data`.
 * @throws {Error} with the code `InvalidEvent`, which leaves the message in the queue, for any other event.
 */
export function readOrder(event, { eventType } = {}) {
  const type = event?.event_type ?? eventType;
  if (!TYPES.includes(type)) {
    const what =
      type === undefined ? 'it has no event_type' : `its event_type is ${JSON.stringify(type)}`;
    throw Object.assign(new Error(`This is not an order event: ${what}.`), {
      code: 'InvalidEvent',
    });
  }
  return { type, order: event.data ?? event };
}

/** An amount with two decimals, from a number or from decimal text as publishers in other languages write it. */
export function dollars(total) {
  if (typeof total === 'number') return `$${total.toFixed(2)}`;
  const [whole, decimals = ''] = String(total).split('.');
  return `$${whole}.${decimals.slice(0, 2).padEnd(2, '0')}`;
}
