import { isIPv6 } from 'node:net';

/** Groups of 16 bits that an IPv6 address has, and those of the network that a provider gives to one customer. */
const GROUPS = { all: 8, network: 4 };

/**
 * Whom an address stands for where clients are counted: of IPv6 the /64, as whoever has one address has all of it
 * (RFC 6177). An IPv4 address in the form of IPv6 is that IPv4 address.
 * @param address anything else stays as it is
 */
export function clientNetwork(address: string): string {
  if (!isIPv6(address)) return address;
  const plain = address.replace(/%.*$/s, '');
  // However it is written, a URL has it in one form.
  const written = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:(\w+):(\w+)$/.exec(written) ?? [];
  if (high !== undefined && low !== undefined) {
    const words = [high, low].map((word) => Number.parseInt(word, 16));
    return words.flatMap((word) => [word >> 8, word & 255]).join('.');
  }
  const [left = '', right = ''] = written.split('::');
  const first = left.split(':').filter(Boolean);
  const last = right.split(':').filter(Boolean);
  const between = Array.from({ length: GROUPS.all - first.length - last.length }, () => '0');
  const network = [...first, ...between, ...last].slice(0, GROUPS.network);
  return `${network.join(':')}::/64`;
}
