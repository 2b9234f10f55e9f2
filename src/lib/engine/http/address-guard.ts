import type { CallRequest } from './call.ts';

/** Names that lead to this machine, and that local clients of AWS use. */
const LOCAL_NAMES: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localstack.cloud',
  // What containers call the machine that they run on.
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
  'host.lima.internal',
]);
const LOCAL_SUFFIXES: readonly string[] = ['.localhost', '.localhost.localstack.cloud'];

/** An authority: a name or an address, and perhaps a port. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;
const LOOPBACK =
  /^(?:127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:(?:127(?:\.\d{1,3}){3}|7f[0-9a-f]{2}:[0-9a-f]{1,4})\])$/;

/** Says why a request is refused, whatever its path and method; undefined for one that may go on. */
export type AddressGuard = (request: CallRequest) => string | undefined;

/**
 * Keeps web pages out. A page can make the browser send a Query request as a picture or a form, which needs no answer
 * to do harm; a page whose own name leads to 127.0.0.1 may read answers too, and browsers then send neither `Origin`
 * nor `Sec-Fetch-Site` with a plain GET. So the engine is spoken to by names of this machine only, and never on behalf
 * of a page from elsewhere. SDKs and the `aws` command send neither header.
 *
 * @param allowed further names, without a port; `*.example.test` stands for every name below
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function addressGuard(allowed: readonly string[] = []): AddressGuard {
  const names = new Set([...LOCAL_NAMES, ...allowed.map((each) => each.toLowerCase())]);
  const suffixes = [
    ...LOCAL_SUFFIXES,
    ...allowed.filter((each) => each.startsWith('*.')).map((each) => each.slice(1).toLowerCase()),
  ];
  const known = new Set<string>();

  const isAllowed = (authority: string): boolean => {
    if (known.has(authority)) return true;
    const [, written = ''] = AUTHORITY.exec(authority.toLowerCase()) ?? [];
    const name = written.replace(/\.$/, '');
    const found =
      names.has(name) || LOOPBACK.test(name) || suffixes.some((suffix) => name.endsWith(suffix));
    if (found && known.size < 100) known.add(authority);
    return found;
  };

  return ({ headers, url = '/', socket }) => {
    const { host, origin, referer, 'sec-fetch-site': site } = headers;
    // A whole URL names the host once more, for proxies: the engine is none.
    if (!url.startsWith('/')) return 'The engine is not a proxy: ask for a path.';
    if (host !== undefined && !isAllowed(host) && !isOwnAddress(host, socket.localAddress)) {
      return `The engine is not spoken to as ${JSON.stringify(host.slice(0, 100))}. If that is a name of yours, start it with --allow-host.`;
    }
    const page = origin ?? (site === undefined ? referer : undefined);
    if (page !== undefined) {
      return isAllowed(authorityOf(page)) ? undefined : 'Requests from web pages are refused.';
    }
    const fromPage = site !== undefined && site !== 'same-origin' && site !== 'none';
    return fromPage ? 'Requests from web pages are refused.' : undefined;
  };
}

/** Where the engine listens on more than loopback: no page's own name can be the address that was connected to. */
function isOwnAddress(host: string, address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:/, '');
  const written = plain.includes(':') ? `[${plain}]` : plain;
  return host === written || host.replace(/:\d{1,5}$/, '') === written;
}

/** `null` of an opaque origin has none. */
function authorityOf(url: string): string {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? '';
}
