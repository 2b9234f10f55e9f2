import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import type { Database } from '../../database/database.ts';
import { ContactService, Channel as RpcChannel } from '../rpc/pubsub/platform/v1/users_pb.js';
import { forServices, invalid } from '../service/rpc-calls.ts';
import { findUser } from './user-store.ts';

const CHANNELS = { email: RpcChannel.EMAIL, push: RpcChannel.PUSH, sms: RpcChannel.SMS };

/** Tells other services whom to tell, and how; `users.proto` is the contract. */
export function contactService(database: Database): (router: ConnectRouter) => void {
  return (router) =>
    router.service(ContactService, {
      getContact: forServices(async ({ userId }) => {
        if (userId < 1n) throw invalid(`${userId} is no id of a user.`);
        const user = await findUser(database, String(userId));
        if (user === undefined || user.email === null) {
          throw new ConnectError(`There is no user ${userId}.`, Code.NotFound);
        }
        return {
          name: user.name ?? '',
          email: user.email,
          phone: user.phone ?? '',
          deviceToken: user.device_token ?? '',
          orderChannels: user.order_channels.map((channel) => CHANNELS[channel]),
        };
      }),
    });
}
