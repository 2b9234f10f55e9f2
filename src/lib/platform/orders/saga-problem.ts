import { invalidFields, Problem } from '../../http/problem.ts';
import type { SagaReason } from './saga/saga.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Why there is no order, as an answer.
 * @param detail what the service said that refused it; of a payment its decline code.
 */
export function sagaProblem(
  reason: SagaReason,
  detail: string | null,
  headers: Headers = {},
): Problem {
  const because = detail ? `: ${detail}` : '';
  switch (reason) {
    case 'out_of_stock':
      return new Problem(409, 'OutOfStock', `There are too few units${because}`, { headers });
    case 'unknown_product':
    case 'invalid_items':
      return invalidFields({ items: [detail ?? 'can not be ordered'] });
    case 'total_too_large':
      return invalidFields({ items: [detail ?? 'cost too much'] });
    case 'payment_declined':
      return new Problem(402, 'PaymentDeclined', `The payment was declined${because}.`, {
        headers,
      });
    case 'invalid_payment':
      return invalidFields({ payment_method: [detail ?? 'can not be used'] });
    case 'reservation_lost':
      return new Problem(
        409,
        'ReservationLost',
        'The units were not reserved any more: try again.',
        {
          headers,
        },
      );
    case 'timed_out':
      return new Problem(
        409,
        'OrderTimedOut',
        'The order took too long, and was given up: place it again with another key.',
        { headers },
      );
    case 'cancelled':
      return new Problem(409, 'OrderCancelled', 'The order was cancelled.', { headers });
  }
}
