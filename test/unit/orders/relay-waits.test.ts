import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { startRelay } from '../../../src/lib/outbox/relay.ts';
import { emptyOutbox } from './empty-outbox.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Timers of a relay that wait. What other files of this process left behind may set some too. */
function timersOfRelays(): ReadonlySet<unknown> {
  const open = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const setHere = (task: () => void, ms?: number): NodeJS.Timeout => {
    const isOurs = new Error().stack?.includes('/src/lib/outbox/') === true;
    const timer = set(() => {
      open.delete(timer);
      task();
    }, ms);
    if (isOurs) open.add(timer);
    return timer;
  };
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(setHere as typeof setTimeout);
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    open.delete(timer);
    clear(timer);
  });
  return open;
}

it('looks at once when it is woken, once a second else, and leaves no timer behind', async () => {
  const { database, looks } = emptyOutbox();
  const publisher = { publish: async () => ({ published: 0, failed: 0, fatal: undefined }) };
  const timers = timersOfRelays();
  const relay = startRelay({ database, publisher, rest: 1 });
  const waits = () => expect.poll(() => timers.size).toBe(1);
  await waits();
  expect(looks()).toBe(1);
  relay.wake();
  await expect.poll(looks).toBe(2);
  await waits();
  vi.advanceTimersByTime(999);
  await Promise.resolve();
  expect(looks()).toBe(2);
  vi.advanceTimersByTime(1);
  await expect.poll(looks).toBe(3);
  await waits();
  await relay.stop();
  expect([looks(), timers.size]).toEqual([4, 0]);
});

it('writes down what it published before it ends, also where the database is away for a moment', async () => {
  const claimed = [{ id: '1', eventId: 'a', attempts: 0, ageSeconds: 0, lease: 'l' }];
  const writes: string[] = [];
  const database: Database = {
    ...emptyOutbox().database,
    transaction: async () => ({ rows: claimed.splice(0), rowCount: 0 }) as never,
    query: async (text) => {
      if (!text.includes('SET delivered_at')) return { rows: [], rowCount: 0 };
      writes.push(text);
      if (writes.length < 3) throw new Error('away');
      return { rows: [], rowCount: 1 };
    },
  };
  let stopped: Promise<void> | undefined;
  const relay = startRelay({
    database,
    publisher: {
      publish: async (items, { onPublished } = {}) => {
        stopped = relay.stop();
        for await (const item of items) onPublished?.(item, 'id');
        return { published: 1, failed: 0, fatal: undefined };
      },
    },
  });
  await expect.poll(() => stopped !== undefined).toBe(true);
  await stopped;
  expect(writes).toHaveLength(3);
});
