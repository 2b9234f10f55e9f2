import type { Queryable } from '../database/database.ts';

/** An event that is to be published once the transaction that writes it is committed. */
export interface NewEvent {
  /** What it tells of, such as a user: a whole number from 1. Events of one key are published in the order of their writing. */
  readonly key: number;
  /** A UUID, the same as in the payload: it tells a repeated event. */
  readonly event_id: string;
  readonly event_type: string;
  /** The JSON text that is published as it is. */
  readonly payload: string;
  /** The trace of the request that it tells of, where one is recorded. */
  readonly traceparent?: string | undefined;
}

/**
 * Writes an event into the outbox. After the commit, `Relay.wake` has it published at once.
 *
 * Two transactions that write events of one key MUST NOT run side by side (lock the row that the key stands for):
 * events are published in the order of their numbers, and those are given before the commit.
 * @param tx the transaction that makes true what the event tells.
 */
export async function appendEvent(tx: Queryable, event: NewEvent): Promise<void> {
  const { key, event_id, event_type, payload, traceparent } = event;
  await tx.query(
    `INSERT INTO outbox (order_id, event_id, event_type, payload, traceparent)
     VALUES ($1::bigint, $2::uuid, $3, $4, $5)`,
    [key, event_id, event_type, payload, traceparent ?? null],
  );
}
