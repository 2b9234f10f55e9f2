import type { IncomingMessage } from 'node:http';

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request may come from a web page of another site. Any page can make a browser send forms to 127.0.0.1, and
 * a name that is rebound to 127.0.0.1 could even read the answers; SDKs and the `aws` command send no `Origin`.
 */
export function fromForeignPage({ headers }: IncomingMessage): boolean {
  const { origin } = headers;
  return origin !== undefined && !isLocal(origin.slice(origin.indexOf('//') + 2));
}

/** Whether the client addressed the engine by a name of this machine. */
export function addressedLocally({ headers }: IncomingMessage): boolean {
  return headers.host === undefined || isLocal(headers.host);
}

function isLocal(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return LOCAL_NAMES.has(name) || name.endsWith('.localhost');
}
