import * as z from 'zod';
import type { EventMessage } from '../../events/message.ts';
import { says } from '../../http/fields.ts';
import { ORDER_STATUSES, type OrderStatus } from '../../orders/order.ts';
import { eventData, registration } from '../service/event-data.ts';
import { money, whole } from '../service/schema-parts.ts';
import type { NoticeText, Occasion } from './notice.ts';

const id = whole(1, Number.MAX_SAFE_INTEGER);

const orderEvent = z.object({
  order_id: id,
  user_id: id,
  total: money,
  status: z.enum(ORDER_STATUSES, says(`must be one of ${ORDER_STATUSES.join(', ')}`)),
});

/** An event that tells somebody something; of a registration it says itself whom. */
export interface ReadEvent {
  readonly occasion: Occasion;
  /** Undefined where the users service has to be asked. */
  readonly contact: { readonly name: string; readonly email: string } | undefined;
}

/**
 * Reads what an event tells.
 * @returns undefined for an event that tells nobody anything
 * @throws AppError `InvalidEvent`
 */
export function readEvent(event: EventMessage): ReadEvent | undefined {
  const about = { eventId: event.id, eventType: event.type ?? '' };
  switch (event.type) {
    case 'user.registered': {
      const { user_id: userId, name, email } = eventData(registration, event);
      return { occasion: { ...about, userId, text: welcome() }, contact: { name, email } };
    }
    case 'order.created': {
      const { order_id, user_id: userId, total } = eventData(orderEvent, event);
      return {
        occasion: { ...about, userId, text: confirmation(order_id, total) },
        contact: undefined,
      };
    }
    case 'order.updated': {
      const { order_id, user_id: userId, status } = eventData(orderEvent, event);
      return { occasion: { ...about, userId, text: update(order_id, status) }, contact: undefined };
    }
    default:
      return undefined;
  }
}

function welcome(): NoticeText {
  return { subject: 'Welcome to the shop', lines: ['your account is ready.'] };
}

function confirmation(order: number, total: string): NoticeText {
  return {
    subject: `Order ${order}: thank you`,
    lines: [`we have your order ${order} over $${total}.`],
  };
}

const STATUS_LINES: Readonly<Record<OrderStatus, string>> = {
  pending: 'It waits to be confirmed.',
  confirmed: 'It is being packed.',
  shipped: 'It is on its way to you.',
  cancelled: 'Nothing more will happen with it; what was paid goes back to you.',
};

function update(order: number, status: OrderStatus): NoticeText {
  return {
    subject: `Order ${order} is ${status}`,
    lines: [`your order ${order} is ${status} now.`, STATUS_LINES[status]],
  };
}
