import type { Handler } from '../../consume/handling.ts';
import type { Database } from '../../database/database.ts';
import { untilThere } from '../service/patience.ts';
import { type Contacts, findContact } from './contacts.ts';
import { type Contact, noticesFor } from './notice.ts';
import { isKnown, storeNotices } from './notice-store.ts';
import { type ReadEvent, readEvent } from './read-event.ts';
import { keepWaiting } from './waiting-store.ts';

export interface EventHandlerParts {
  readonly database: Database;
  readonly contacts: Contacts;
  /** Told when there is something to send. */
  readonly onStored: () => void;
  /** Aborted to give up: the message comes again. */
  readonly signal: AbortSignal;
}

/**
 * Stores what an event tells somebody; sending comes later. An event whose user isn't there yet waits in the database: as a
 * message it would end among the dead letters. One that can't be read does.
 */
export function createEventHandler(parts: EventHandlerParts): Handler {
  const { database, onStored, signal } = parts;
  return async (event) => {
    const read = readEvent(event);
    if (read === undefined) return;
    const { occasion } = read;
    if (await untilThere(() => isKnown(database, occasion.eventId), signal)) return;
    const contact = await untilThere(() => contactOf(parts, read), signal);
    if (contact === undefined) return untilThere(() => keepWaiting(database, occasion), signal);
    const notices = noticesFor(occasion, contact);
    await untilThere(() => storeNotices(database, occasion, notices), signal);
    if (notices.length > 0) onStored();
  };
}

async function contactOf(
  { contacts, signal }: EventHandlerParts,
  { contact, occasion }: ReadEvent,
): Promise<Contact | undefined> {
  if (contact) return { ...contact, phone: '', deviceToken: '', channels: ['email'] };
  return findContact(contacts, occasion.userId, signal);
}
