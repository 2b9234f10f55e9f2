import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SESSION_HEADER } from '../api/session.ts';

/** A request as the guard sees it. */
export interface GuardedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether it is for the page or one of its files, which hold nothing of the target. */
  readonly isFile: boolean;
}

/** Names by which a browser of this machine reaches 127.0.0.1 without asking a name server. */
const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Says why a request is refused, whatever it asks for; undefined for one that may go on. A page of another site can make
 * a browser send forms and fetches to 127.0.0.1, and where its own name is rebound to 127.0.0.1 it could even read the
 * answers: so the server is spoken to by its own names and port only, and by its own pages only.
 *
 * @param port of the server; undefined where the engine in front of it has checked `Host`.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function refusalOf(
  { method, headers, isFile }: GuardedRequest,
  port: number | undefined,
): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (port !== undefined && !OWN_NAMES.some((name) => host.toLowerCase() === `${name}:${port}`)) {
    return 'The page is reached as 127.0.0.1 or localhost only.';
  }
  if (origin !== undefined) {
    return origin === `http://${host}` ? undefined : 'Requests from other pages are refused.';
  }
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  // A link that somebody followed, in a terminal in the browser for instance: it shows the page and no more.
  const isLink = mode === 'navigate' && method === 'GET' && isFile;
  return isLink ? undefined : 'Requests from other pages are refused.';
}

/** Whether a request shows the session token. Compared in a time that says nothing of it. */
export function showsToken(headers: IncomingHttpHeaders, token: string): boolean {
  const shown = headers[SESSION_HEADER.toLowerCase()];
  return typeof shown === 'string' && timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
