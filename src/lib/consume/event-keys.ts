import { createHash } from 'node:crypto';

/** What stands for an event id: 128 bits, as four whole numbers of 32 bits. */
export type EventKey = readonly [number, number, number, number];

/** Of a text that stands for a key itself: what `keyText` writes for those that are no UUID. */
const HASHED = /^sha256:([0-9a-f]{32})/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The key of an event id: the bits of a UUID, the first 128 bits of the SHA-256 of any other text. Two of a billion
 * ids have the same one with a probability below 1 in 10^20.
 * @param text an event id, or what `keyText` made of a key.
 */
export function eventKey(text: string): EventKey {
  if (UUID.test(text)) {
    return [
      joined(digits(text, 0), digits(text, 4)),
      joined(digits(text, 9), digits(text, 14)),
      joined(digits(text, 19), digits(text, 24)),
      joined(digits(text, 28), digits(text, 32)),
    ];
  }
  const hex = HASHED.exec(text)?.[1];
  const bytes =
    hex === undefined ? createHash('sha256').update(text).digest() : Buffer.from(hex, 'hex');
  return [
    bytes.readUInt32BE(0),
    bytes.readUInt32BE(4),
    bytes.readUInt32BE(8),
    bytes.readUInt32BE(12),
  ];
}

/** A text from which `eventKey` makes the same key again: a UUID, or `sha256:` and 32 hexadecimal digits. */
export function keyText(key: EventKey): string {
  const hex = key.map((part) => part.toString(16).padStart(8, '0')).join('');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return UUID.test(uuid) ? uuid : `sha256:${hex}`;
}

function joined(high: number, low: number): number {
  return ((high << 16) | low) >>> 0;
}

/** The value of four hexadecimal digits in small letters: the letters' codes are 0x61 and on, the numbers' 0x30. */
function digits(text: string, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const code = text.charCodeAt(index);
    value = (value << 4) | ((code & 15) + 9 * (code >> 6));
  }
  return value;
}
