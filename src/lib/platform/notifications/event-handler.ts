import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, Code, ConnectError } from '@connectrpc/connect';
import type { Handler } from '../../consume/handling.ts';
import type { Database } from '../../database/database.ts';
import { type ContactService, Channel as RpcChannel } from '../rpc/pubsub/platform/v1/users_pb.js';
import type { Channel } from '../service/channels.ts';
import { untilThere } from '../service/patience.ts';
import { type Contact, noticesFor } from './notice.ts';
import { isKnown, storeNotices } from './notice-store.ts';
import { type ReadEvent, readEvent } from './read-event.ts';

/** Times that a user is asked for who isn't there yet, and milliseconds in between, the first time. */
const ABSENT = { tries: 6, pauseMs: 100 };

const CHANNELS: Partial<Record<RpcChannel, Channel>> = {
  [RpcChannel.EMAIL]: 'email',
  [RpcChannel.PUSH]: 'push',
  [RpcChannel.SMS]: 'sms',
};

export interface EventHandlerParts {
  readonly database: Database;
  readonly contacts: Pick<Client<typeof ContactService>, 'getContact'>;
  /** Told when there is something to send. */
  readonly onStored: () => void;
  /** Aborted to give up: the message comes again. */
  readonly signal: AbortSignal;
}

/**
 * Stores what an event tells somebody; sending comes later. A message that can't be read, or whose user never comes,
 * is handed back until it ends among the dead letters.
 */
export function createEventHandler(parts: EventHandlerParts): Handler {
  const { database, onStored, signal } = parts;
  return async (event) => {
    const read = readEvent(event);
    if (read === undefined) return;
    const { occasion } = read;
    if (await untilThere(() => isKnown(database, occasion.eventId), signal)) return;
    const contact = await contactOf(parts, read);
    const notices = noticesFor(occasion, contact);
    await untilThere(() => storeNotices(database, occasion, notices), signal);
    if (notices.length > 0) onStored();
  };
}

async function contactOf(parts: EventHandlerParts, read: ReadEvent): Promise<Contact> {
  const { contact, occasion } = read;
  if (contact) return { ...contact, phone: '', deviceToken: '', channels: ['email'] };
  const { signal } = parts;
  for (let attempt = 1; ; attempt++) {
    try {
      return await untilThere(() => ask(parts, occasion.userId), signal);
    } catch (error) {
      const isAbsent = error instanceof ConnectError && error.code === Code.NotFound;
      if (!isAbsent || attempt === ABSENT.tries || signal.aborted) throw error;
      await sleep(ABSENT.pauseMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => {});
    }
  }
}

async function ask({ contacts, signal }: EventHandlerParts, userId: number): Promise<Contact> {
  const answer = await contacts.getContact({ userId: BigInt(userId) }, { signal });
  const { name, email, phone, deviceToken, orderChannels } = answer;
  const channels = orderChannels.flatMap((channel) => CHANNELS[channel] ?? []);
  return { name, email, phone, deviceToken, channels };
}
