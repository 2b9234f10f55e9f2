import type { Saga } from './saga.ts';

/** A saga as the API answers it. */
export function sagaBody(saga: Saga) {
  return {
    id: saga.id,
    state: saga.state,
    step: saga.step,
    attempts: saga.attempts,
    reason: saga.reason,
    detail: saga.detail,
    last_error: saga.lastError,
    user_id: saga.userId,
    items: saga.items,
    payment_method: saga.paymentMethod,
    total: saga.total,
    payment_id: saga.paymentId,
    order_id: saga.orderId,
    log: saga.log,
    created_at: saga.createdAt.toISOString(),
    updated_at: saga.updatedAt.toISOString(),
  };
}
