import type { IncomingHttpHeaders } from 'node:http';
import { clientNetwork } from '../../http/client-network.ts';

/**
 * The address that a request comes from, as the gateway says, as `clientNetwork` has it. It writes the header anew, so
 * that nobody outside can; requests that don't come by the gateway are those of other services.
 */
export function clientAddress(headers: IncomingHttpHeaders): string {
  const { 'x-forwarded-for': address } = headers;
  return typeof address === 'string' ? clientNetwork(address) : 'unknown';
}
