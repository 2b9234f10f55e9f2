import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problem.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses what a web page of another site makes a browser send. Any page can make it write to 127.0.0.1, and a name
 * that is rebound to 127.0.0.1 could even read the answers. Browsers tell by `Origin`, or by `Sec-Fetch-Site` where they
 * send no `Origin`. Where a token is demanded no page can have it, and this isn't needed.
 *
 * @param loopback whether the server is to be reached from this machine only, and so by its names only
 * @throws Problem 403
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function refuseForeignPages(headers: IncomingHttpHeaders, loopback: boolean): void {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (loopback && host !== '' && !isLoopback(host)) {
    throw refused('This server is reached by a name of this machine only, such as 127.0.0.1.');
  }
  const foreign =
    origin !== undefined
      ? origin.slice(origin.indexOf('//') + 2) !== host
      : site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreign) throw refused('Pages of other sites may not use this server.');
}

/** Whether an address or the host of a URL means this machine, and nobody else can reach it. */
export function isLoopback(host: string): boolean {
  if (host === '::1') return true;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return LOOPBACK.has(name) || name.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(name);
}

function refused(message: string): Problem {
  return new Problem(403, 'ForeignPage', message);
}
