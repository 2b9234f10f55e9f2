/** An address as a big-endian number with its width in bits. */
interface Address {
  bits: 32 | 128;
  value: bigint;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

function parseIpv4(text: string): bigint | undefined {
  const parts = IPV4.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const tail = groups[groups.length - 1] ?? [];
  const embedded = tail[tail.length - 1];
  if (embedded?.includes('.')) {
    const v4 = parseIpv4(embedded);
    if (v4 === undefined) return undefined;
    tail.splice(-1, 1, (v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16));
  }
  const head = groups.length === 2 ? (groups[0] ?? []) : [];
  const missing = 8 - head.length - tail.length;
  if (groups.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!all.every((group) => GROUP.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/** Reads an IPv4 or IPv6 address; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const v6 = text.includes(':');
  const value = v6 ? parseIpv6(text) : parseIpv4(text);
  return value === undefined ? undefined : { bits: v6 ? 128 : 32, value };
}

/**
 * A test for addresses inside a block such as `10.0.0.0/24` or `2001:db8::/32`; undefined where the block is
 * malformed. A bare address stands for itself when `bare` allows it.
 */
export function compileCidr(
  block: string,
  bare = false,
): ((address: string) => boolean) | undefined {
  const [base = '', length, ...rest] = block.split('/');
  const network = parseAddress(base);
  if (network === undefined || rest.length > 0) return undefined;
  if (length === undefined && !bare) return undefined;
  const prefix = length === undefined ? network.bits : Number(length);
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  if (prefix > network.bits) return undefined;
  const shift = BigInt(network.bits - prefix);
  const wanted = network.value >> shift;
  return (text) => {
    const address = parseAddress(text);
    return (
      address !== undefined && address.bits === network.bits && address.value >> shift === wanted
    );
  };
}
