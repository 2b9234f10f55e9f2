import type { IncomingHttpHeaders } from 'node:http';

/**
 * The network address that a request comes from, as the gateway says. It writes the header anew, so that nobody outside
 * can; requests that don't come by the gateway are those of other services.
 */
export function clientAddress(headers: IncomingHttpHeaders): string {
  const { 'x-forwarded-for': address } = headers;
  return typeof address === 'string' ? address : 'unknown';
}
