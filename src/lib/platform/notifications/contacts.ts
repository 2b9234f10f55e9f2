import { type Client, Code, ConnectError } from '@connectrpc/connect';
import { type ContactService, Channel as RpcChannel } from '../rpc/pubsub/platform/v1/users_pb.js';
import type { Channel } from '../service/channels.ts';
import type { Contact } from './notice.ts';

/** The users service. */
export type Contacts = Pick<Client<typeof ContactService>, 'getContact'>;

const CHANNELS: Partial<Record<RpcChannel, Channel>> = {
  [RpcChannel.EMAIL]: 'email',
  [RpcChannel.PUSH]: 'push',
  [RpcChannel.SMS]: 'sms',
};

/**
 * Whom to tell, as the users service says; undefined where it doesn't know them, or not yet.
 * @throws ConnectError while it is away
 */
export async function findContact(
  contacts: Contacts,
  userId: number,
  signal: AbortSignal,
): Promise<Contact | undefined> {
  try {
    const answer = await contacts.getContact({ userId: BigInt(userId) }, { signal });
    const { name, email, phone, deviceToken, orderChannels } = answer;
    const channels = orderChannels.flatMap((channel) => CHANNELS[channel] ?? []);
    return { name, email, phone, deviceToken, channels };
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.NotFound) return undefined;
    throw error;
  }
}
