import type { IncomingMessage } from 'node:http';

/** A client's address, as IPv4 where it is one. */
export function sourceIpOf({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}
