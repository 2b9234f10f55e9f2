import type { IncomingMessage } from 'node:http';

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request may come from a web page of another site. Any page can make a browser send forms to 127.0.0.1, or
 * load a Query request as a picture; a name that is rebound to 127.0.0.1 could even read the answers. Browsers tell by
 * `Origin`, or by `Sec-Fetch-Site` where they send no `Origin`; SDKs and the `aws` command send neither.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function fromForeignPage({ headers }: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) return !isLocal(origin.slice(origin.indexOf('//') + 2));
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Whether the client addressed the engine by a name of this machine. */
export function addressedLocally({ headers }: IncomingMessage): boolean {
  return headers.host === undefined || isLocal(headers.host);
}

function isLocal(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return LOCAL_NAMES.has(name) || name.endsWith('.localhost');
}
