import { Code, ConnectError } from '@connectrpc/connect';
import type { Database } from '../../../database/database.ts';
import { lockReservation, moveUnits, settle } from './reservation.ts';

/**
 * Gives the units of a reservation back, also those that were sold. A key that is unknown is kept as released.
 * @returns whether this call gave them back.
 */
export async function release(database: Database, key: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `insert into reservations (key, state) values ($1, 'released')
        on conflict (key) do nothing returning key`,
      [key],
    );
    if (rowCount > 0) return false;
    const found = await lockReservation(tx, key);
    if (found?.state !== 'reserved' && found?.state !== 'committed') return false;
    await moveUnits(tx, [key], found.state === 'committed' ? 'returned' : 'available');
    await settle(tx, [key], 'released');
    return true;
  });
}

/**
 * Sells the units of a reservation.
 * @throws ConnectError NOT_FOUND; FAILED_PRECONDITION where they were given back
 */
export async function commit(database: Database, key: string): Promise<void> {
  await database.transaction(async (tx) => {
    const found = await lockReservation(tx, key);
    if (found === undefined) throw new ConnectError('There is no such key.', Code.NotFound);
    if (found.state === 'committed') return;
    if (found.state === 'released') {
      throw new ConnectError('The reservation was released.', Code.FailedPrecondition);
    }
    if (found.state === 'expired' || found.isDue) {
      throw new ConnectError('The reservation has expired.', Code.FailedPrecondition);
    }
    await moveUnits(tx, [key], 'sold');
    await settle(tx, [key], 'committed');
  });
}
