import type { CallRequest } from './call.ts';

/** A client's address, as IPv4 where it is one. */
export function sourceIpOf({ socket }: CallRequest): string {
  return (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}
