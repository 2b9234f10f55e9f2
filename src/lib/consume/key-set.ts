import type { EventKey } from './event-keys.ts';

/** A set of keys in typed arrays: about 25 bytes a key, and nothing for the garbage collector to look at. */
export interface KeySet {
  readonly size: number;
  has(key: EventKey): boolean;
  /** @returns whether it is new. */
  add(key: EventKey): boolean;
  /** Forgets all; the memory stays for the keys to come. */
  clear(): void;
  /** In the order in which they were added. */
  keys(): Generator<EventKey>;
}

/** Numbers of 32 bits of a key. */
const PARTS = 4;
/** Keys for which there is room at first; doubled each time that it is used up. */
const FIRST_ROOM = 256;
/** Slots for each key there is room for, at the least, so that looking for one takes few steps. */
const SPARE = 1.3;

/**
 * Creates an empty set: open addressing over the positions of keys, which lie in the order of their coming.
 * @param expected keys for which there is no room to spare; it grows beyond that, too.
 */
export function createKeySet(expected = Number.POSITIVE_INFINITY): KeySet {
  let size = 0;
  let room = Math.min(FIRST_ROOM, expected);
  let keys = new Uint32Array(room * PARTS);
  /** Position of a key plus one, or 0 where none is. Its length is a power of two. */
  let slots = new Uint32Array(slotsFor(room));

  /** The slot that a key is in, or would be. */
  const slotOf = (a: number, b: number, c: number, d: number): number => {
    const mask = slots.length - 1;
    for (let slot = mixed(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const position = slots[slot] ?? 0;
      if (position === 0) return slot;
      const at = (position - 1) * PARTS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) {
        return slot;
      }
    }
  };

  const keyAt = (index: number): EventKey => {
    const at = index * PARTS;
    return [keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, keys[at + 3] ?? 0];
  };

  const grow = (): void => {
    room = room < expected ? Math.min(room * 2, expected) : room * 2;
    const larger = new Uint32Array(room * PARTS);
    larger.set(keys);
    keys = larger;
    slots = new Uint32Array(slotsFor(room));
    for (let index = 0; index < size; index++) slots[slotOf(...keyAt(index))] = index + 1;
  };

  return {
    get size() {
      return size;
    },
    has: ([a, b, c, d]) => slots[slotOf(a, b, c, d)] !== 0,
    add(key) {
      const [a, b, c, d] = key;
      let slot = slotOf(a, b, c, d);
      if (slots[slot] !== 0) return false;
      if (size === room) {
        grow();
        slot = slotOf(a, b, c, d);
      }
      keys.set(key, size * PARTS);
      size++;
      slots[slot] = size;
      return true;
    },
    clear() {
      size = 0;
      slots.fill(0);
    },
    *keys() {
      for (let index = 0; index < size; index++) yield keyAt(index);
    },
  };
}

function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * SPARE));
}

/** Spreads keys over slots also where they differ in few bits: ids may be numbered, or begin with the time. */
function mixed(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash ^= Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
