import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventKey, keyText } from '../../../src/lib/consume/event-keys.ts';
import { createKeySet } from '../../../src/lib/consume/key-set.ts';

describe('eventKey', () => {
  it('is the bits of a UUID', () => {
    const key = eventKey('00112233-4455-4677-8899-aabbccddeeff');
    expect(key).toEqual([0x00112233, 0x44554677, 0x8899aabb, 0xccddeeff]);
    expect(keyText(key)).toBe('00112233-4455-4677-8899-aabbccddeeff');
  });

  it('is 128 bits of the hash of anything else', () => {
    const text = keyText(eventKey('order 17'));
    const hash = createHash('sha256').update('order 17').digest('hex');
    expect(text.replace(/^sha256:|-/g, '')).toBe(hash.slice(0, 32));
  });

  it.each(['order 17', 'línea', '', 'x'.repeat(500), randomUUID(), randomUUID().toUpperCase()])(
    'is the same for the text that stands for it: %.40s',
    (id) => {
      expect(eventKey(keyText(eventKey(id)))).toEqual(eventKey(id));
    },
  );

  it('takes a whole hash as written by earlier versions', () => {
    const id = 'x'.repeat(500);
    const whole = `sha256:${createHash('sha256').update(id).digest('hex')}`;
    expect(eventKey(whole)).toEqual(eventKey(id));
  });

  it('tells the case of letters apart: only one way of writing is a UUID', () => {
    const id = 'a0112233-4455-4677-8899-aabbccddeeff';
    expect(eventKey(id.toUpperCase())).not.toEqual(eventKey(id));
  });
});

describe('a key set', () => {
  it('holds what was added, in that order, through all of its growth', () => {
    const set = createKeySet();
    const keys = Array.from({ length: 5000 }, () => eventKey(randomUUID()));
    expect(keys.every((key) => set.add(key))).toBe(true);
    expect(keys.some((key) => set.add(key))).toBe(false);
    expect(set.size).toBe(5000);
    expect([...set.keys()]).toEqual(keys);
    expect(set.has(eventKey(randomUUID()))).toBe(false);
  });

  it.each([1, 100, 1000, 4999])('holds more than the %d that were expected', (expected) => {
    const set = createKeySet(expected);
    const keys = Array.from({ length: 5000 }, () => eventKey(randomUUID()));
    for (const key of keys) set.add(key);
    expect([...set.keys()]).toEqual(keys);
    expect(keys.every((key) => set.has(key))).toBe(true);
    expect(set.has(eventKey(randomUUID()))).toBe(false);
  });

  it('is empty after clear, and can be filled again', () => {
    const set = createKeySet();
    set.add([1, 2, 3, 4]);
    set.clear();
    expect(set.has([1, 2, 3, 4])).toBe(false);
    expect([...set.keys()]).toEqual([]);
    set.add([0, 0, 0, 0]);
    expect(set.has([0, 0, 0, 0])).toBe(true);
    expect(set.size).toBe(1);
  });

  it.each<[string, (n: number) => [number, number, number, number]]>([
    ['the last number', (n) => [7, 7, 7, n]],
    ['high bits only', (n) => [(n << 16) >>> 0, 0, 0, 0]],
    ['the first two numbers', (n) => [n, n, 1, 1]],
  ])('finds keys that differ in %s alone', (_, make) => {
    const set = createKeySet();
    for (let n = 0; n < 20_000; n++) set.add(make(n));
    expect(set.size).toBe(20_000);
    for (let n = 0; n < 20_000; n += 97) expect(set.has(make(n))).toBe(true);
    expect(set.has(make(20_001))).toBe(false);
  });
});
