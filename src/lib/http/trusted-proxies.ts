import { isIP } from 'node:net';
import { usageError } from '../rules/errors.ts';

/** Names of ranges that a proxy may be in. */
export const PROXY_RANGES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * Reads addresses and ranges of proxies whose word on the client is taken: a list with commas.
 * @param setting what an error calls it
 * @throws AppError (exit 2) unless each is an address, a range such as 10.0.0.0/8, or one of `PROXY_RANGES`
 */
export function readProxies(setting: string, text: string): readonly string[] {
  const proxies = text.split(',').map((each) => each.trim());
  const wrong = proxies.find((each) => !PROXY_RANGES.includes(each) && !isRange(each));
  if (wrong === undefined) return proxies;
  throw usageError(
    `${setting} must be addresses and ranges of proxies, not "${wrong}".`,
    `Such as ${setting}${setting.startsWith('-') ? ' ' : '='}10.0.0.0/8,192.168.1.7, or ${PROXY_RANGES.join(', ')}.`,
  );
}

function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  const most = version === 4 ? 32 : 128;
  // A range of everybody would let each client say where it comes from.
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && +prefix >= 1 && +prefix <= most);
}
