import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type BatchLimits, batches } from '../../../src/lib/aws/batches.ts';

const LIMITS: BatchLimits = {
  entries: 10,
  bytes: 100,
  linger: 20,
  signal: new AbortController().signal,
};

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

describe('batches', () => {
  it('fill up to ten entries, and the rest goes last', async () => {
    const items = Array.from({ length: 23 }, (_, index) => index);
    const made = await collect(batches(items, () => 1, LIMITS));
    expect(made.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(made.flat()).toEqual(items);
  });

  it('never exceed the bytes, and keep the order', async () => {
    const sizes = [60, 50, 40, 10, 10, 90, 5];
    const made = await collect(batches(sizes, (size) => size, LIMITS));
    expect(made).toEqual([[60], [50, 40, 10], [10, 90], [5]]);
  });

  it('go out early when the source pauses', async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await sleep(200);
      yield 3;
    }
    expect(await collect(batches(slow(), () => 1, LIMITS))).toEqual([[1, 2], [3]]);
  });

  it('hand out what was taken when the signal aborts, though the source waits for ever', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      stop.abort();
      await new Promise(() => {});
    }
    const limits = { ...LIMITS, linger: 60_000, signal: stop.signal };
    expect(await collect(batches(endless(), () => 1, limits))).toEqual([[1, 2]]);
  });

  it('pass on what the source fails with', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('disk gone');
    }
    await expect(collect(batches(broken(), () => 1, LIMITS))).rejects.toThrow('disk gone');
  });
});
