import { randomUUID } from 'node:crypto';
import { putItemIf, readItem, type TableAccess } from '../../aws/table-access.ts';
import { eventKey, keyText } from '../event-keys.ts';

/** Days for which an event is remembered: no queue keeps a message for longer ("MessageRetentionPeriod"). */
const REMEMBERED_DAYS = 14;

/** What a subscriber's functions have handled, in a table with the keys `pk` and `id`. */
export interface HandledTable {
  readonly aws: TableAccess;
  readonly table: string;
  readonly subscriber: string;
}

/**
 * Handles an event unless a copy of it was handled before, also in another process. Whoever is killed while it handles
 * one keeps it from others until its lease is over.
 * @param leaseMs for how long the work may take.
 * @returns whether it was handled by this call.
 * @throws what `handle` throws: the event is free again; Error where a copy is being handled just now; AppError of the
 * table
 */
export async function handleOnceInTable(
  { aws, table, subscriber }: HandledTable,
  { eventId, leaseMs }: { readonly eventId: string; readonly leaseMs: number },
  handle: () => Promise<void>,
): Promise<boolean> {
  const key = { pk: `handled#${subscriber}#${keyText(eventKey(eventId))}`, id: 0 };
  const owner = randomUUID();
  const now = Date.now();
  const seconds = Math.floor(now / 1000);
  const item = { ...key, owner, expires: seconds + REMEMBERED_DAYS * 86_400 };
  const mine = { expression: '#owner = :owner', names: { '#owner': 'owner' } };
  const keep = (values: object) =>
    putItemIf(aws, table, { ...item, ...values }, { ...mine, values: { ':owner': owner } });

  const isTaken = await putItemIf(
    aws,
    table,
    { ...item, lease_until: now + leaseMs },
    {
      // An event that was handled has no lease. DynamoDB takes days to remove what has expired.
      expression: 'attribute_not_exists(pk) OR lease_until < :now OR #expires <= :seconds',
      names: { '#expires': 'expires' },
      values: { ':now': now, ':seconds': seconds },
    },
  );
  if (!isTaken) {
    const found = await readItem(aws, table, key);
    // Where it is our own, the answer to a first attempt got lost.
    if (found?.owner !== owner) {
      if (found?.lease_until === undefined && found !== undefined) return false;
      throw new Error(`Event ${eventId} is being handled just now.`);
    }
  }
  try {
    await handle();
  } catch (error) {
    await keep({ lease_until: 0 });
    throw error;
  }
  await keep({});
  return true;
}
