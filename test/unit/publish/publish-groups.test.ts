import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupedBatches } from '../../../src/lib/publish/publish-groups.ts';

interface Item {
  readonly group: string;
  readonly bytes: number;
  readonly number: number;
}

const limits = (signal = new AbortController().signal) => ({
  entries: 4,
  bytes: 100,
  linger: 0,
  signal,
  ahead: { items: 6, bytes: 300 },
});

async function* stream(items: readonly Item[], gaps: readonly boolean[]): AsyncGenerator<Item> {
  for (const [index, item] of items.entries()) {
    if (gaps[index % gaps.length]) await new Promise(setImmediate);
    yield item;
  }
}

const someItems = fc
  .array(
    fc.record({ group: fc.constantFrom('a', 'b', 'c'), bytes: fc.integer({ min: 1, max: 120 }) }),
    {
      maxLength: 40,
    },
  )
  .map((list) => list.map((item, number) => ({ ...item, number })));

describe('batches in groups', () => {
  it('hand out everything, one of a group at a time, in order, within their bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        someItems,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 }),
        async (items, gaps, delays) => {
          const grouped = new GroupedBatches<Item>(limits());
          const sent: Item[] = [];
          const under = new Set<string>();
          let count = 0;
          for await (const batch of grouped.from(stream(items, gaps))) {
            expect(batch.length).toBeLessThanOrEqual(4);
            if (batch.length > 1) {
              expect(batch.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(100);
            }
            for (const item of batch) {
              expect(under.has(item.group)).toBe(false);
              under.add(item.group);
              sent.push(item);
            }
            void (async () => {
              for (let left = delays[count++ % delays.length] ?? 0; left > 0; left--) {
                await new Promise(setImmediate);
              }
              for (const { group } of batch) {
                under.delete(group);
                grouped.free(group);
              }
            })();
          }
          expect(sent).toHaveLength(items.length);
          for (const group of ['a', 'b', 'c']) {
            const of = (list: readonly Item[]) => list.filter((item) => item.group === group);
            expect(of(sent)).toEqual(of(items));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('go at once when they are full, by number or by bytes, and take no more than that', async () => {
    const batchesOf = async (sizes: readonly number[]): Promise<readonly number[][]> => {
      const controller = new AbortController();
      const grouped = new GroupedBatches<Item>({ ...limits(controller.signal), linger: 1e9 });
      const items = sizes.map((bytes, number) => ({ group: `${number}`, bytes, number }));
      async function* unending(): AsyncGenerator<Item> {
        yield* items;
        await new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
      }
      const batches: number[][] = [];
      let left = items.length;
      for await (const batch of grouped.from(unending())) {
        batches.push(batch.map(({ bytes }) => bytes));
        for (const { group } of batch) grouped.free(group);
        left -= batch.length;
        if (left < 4) controller.abort();
      }
      return batches;
    };
    expect(await batchesOf([1, 1, 1, 1])).toEqual([[1, 1, 1, 1]]);
    expect(await batchesOf([40, 60, 1, 1])).toEqual([[40, 60]]);
    expect(await batchesOf([40, 61, 1, 1])).toEqual([[40]]);
  });

  it('give back what waited behind one that failed, and what was never handed out', async () => {
    const controller = new AbortController();
    const grouped = new GroupedBatches<Item>({ ...limits(controller.signal), linger: 200 });
    const items = ['a', 'a', 'b', 'b', 'a'].map((group, number) => ({ group, bytes: 1, number }));
    const batches: number[][] = [];
    for await (const batch of grouped.from(stream(items, [false]))) {
      batches.push(batch.map(({ number }) => number));
      // Meanwhile the rest is read.
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      expect(grouped.drop('a').map(({ number }) => number)).toEqual([1, 4]);
      controller.abort();
    }
    expect(batches).toEqual([[0, 2]]);
    expect(grouped.rest().map(({ number }) => number)).toEqual([3]);
    expect(grouped.rest()).toEqual([]);
  });

  it('end with what the source failed with, after what it gave before', async () => {
    async function* failing(): AsyncGenerator<Item> {
      yield { group: 'a', bytes: 1, number: 0 };
      throw new Error('the file is gone');
    }
    const grouped = new GroupedBatches<Item>(limits());
    const taken: Item[] = [];
    const all = (async () => {
      for await (const batch of grouped.from(failing())) taken.push(...batch);
    })();
    await expect(all).rejects.toThrow('the file is gone');
    expect(taken).toHaveLength(1);
  });
});
