import type { Database } from '../../database/database.ts';
import type { ServiceLog } from '../service/log.ts';
import { type Contacts, findContact } from './contacts.ts';
import { noticesFor } from './notice.ts';
import { storeNotices } from './notice-store.ts';
import { giveUp, takeWaiting, type WaitingOccasion } from './waiting-store.ts';
import { workOff } from './work-off.ts';

/** Users that are asked for at once. */
const AT_ONCE = 10;

export interface WaitingParts {
  readonly database: Database;
  readonly contacts: Contacts;
  readonly log: ServiceLog;
  /** Told when there is something to send. */
  readonly onStored: () => void;
}

/**
 * Asks for the users of events that wait for them, until none is due.
 * @throws what the users service or the database fails with; the events stay
 */
export async function tellWaiting(parts: WaitingParts, signal: AbortSignal): Promise<void> {
  const take = (most: number) => takeWaiting(parts.database, most);
  const work = (occasion: WaitingOccasion) => tellOne(parts, occasion, signal);
  await workOff({ most: AT_ONCE, take, work }, signal);
}

async function tellOne(
  { database, contacts, log, onStored }: WaitingParts,
  occasion: WaitingOccasion,
  signal: AbortSignal,
): Promise<void> {
  const contact = await findContact(contacts, occasion.userId, signal);
  if (contact !== undefined) {
    await storeNotices(database, occasion, noticesFor(occasion, contact));
    onStored();
  } else if (occasion.isLast) {
    await giveUp(database, occasion);
    const { eventId: event, userId: user } = occasion;
    log.error('nobody was told: the user never came', { event, user });
  }
}
