import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startRelay } from '../../../src/lib/outbox/relay.ts';
import { emptyOutbox } from './empty-outbox.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

it('looks at once when it is woken, once a second else, and leaves no timer behind', async () => {
  const { database, looks } = emptyOutbox();
  const publisher = { publish: async () => ({ published: 0, failed: 0, fatal: undefined }) };
  const relay = startRelay({ database, publisher, rest: 1 });
  const waits = () => expect.poll(() => vi.getTimerCount()).toBe(1);
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
  expect([looks(), vi.getTimerCount()]).toEqual([4, 0]);
});
