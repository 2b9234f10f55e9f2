import type { Queryable } from '../database/database.ts';
import type { FailingEvent, OutboxStatus } from '../outbox/outbox-counts.ts';
import { readOutboxStatus } from '../outbox/outbox-status.ts';

/** An order event whose last attempt failed. */
export interface FailingOrderEvent extends Omit<FailingEvent, 'key'> {
  readonly orderId: string;
}

/** What `pubsub outbox status` shows. */
export interface OrderOutboxStatus extends Omit<OutboxStatus, 'failures'> {
  /** The oldest of the failing ones. */
  readonly failures: readonly FailingOrderEvent[];
}

/** Reads the whole state of the orders' outbox. @param shown failing events to list at the most. */
export async function readOrderOutbox(
  database: Queryable,
  shown: number,
): Promise<OrderOutboxStatus> {
  const status = await readOutboxStatus(database, shown);
  return {
    ...status,
    failures: status.failures.map(({ id, key: orderId, ...rest }) => ({ id, orderId, ...rest })),
  };
}
