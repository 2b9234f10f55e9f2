import { randomFillSync } from 'node:crypto';

const HEX = Buffer.from('0123456789abcdef', 'latin1');
/** Random bytes are drawn for this many ids at a time. */
const POOLED = 512;
const pool = Buffer.alloc(16 * POOLED);
let used = POOLED;
const text = Buffer.from('........-....-4...-....-............', 'latin1');
/** Where the two digits of each byte go; the version and variant bytes are written apart. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * A random UUID (version 4), for what many are made of. `randomUUID` joins its text from pieces that stay in memory with
 * it, some six hundred bytes for each id; this one is one flat string.
 */
export function flatUuid(): string {
  if (used === POOLED) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used * 16;
  used += 1;
  for (let index = 0; index < 16; index += 1) {
    let byte = pool[from + index] as number;
    if (index === 6) byte = (byte & 0x0f) | 0x40;
    else if (index === 8) byte = (byte & 0x3f) | 0x80;
    const place = PLACES[index] as number;
    text[place] = HEX[byte >> 4] as number;
    text[place + 1] = HEX[byte & 0x0f] as number;
  }
  return text.toString('latin1', 0, 36);
}
