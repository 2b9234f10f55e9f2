import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { sqsQueue } from '../../../src/lib/aws/message-queue.ts';
import { BenchLedger } from '../../../src/lib/bench/ledger.ts';
import { consume } from '../../../src/lib/consume/consumer.ts';
import { HANDLED_WINDOW, rememberHandledEvents } from '../../../src/lib/consume/handled-events.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { createTestQueue, orders } from './consumer-queue.ts';

const MIB = 2 ** 20;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use, of objects and of typed arrays, without garbage. */
async function memoryInUse(): Promise<number> {
  // What sockets and streams hold is let go of a little later.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('memory', () => {
  it('of what was handled is bounded: a million events take as much as its window', async () => {
    const handled = rememberHandledEvents();
    const remember = (count: number): void => {
      for (let n = 0; n < count; n++) handled.add('email', randomUUID());
    };
    const empty = await memoryInUse();
    remember(2 * HANDLED_WINDOW);
    const full = await memoryInUse();
    expect(full - empty).toBeLessThan(4 * MIB);
    remember(1_000_000 - 2 * HANDLED_WINDOW);
    expect((await memoryInUse()) - full).toBeLessThan(MIB);
    expect(handled.size).toBeLessThanOrEqual(2 * HANDLED_WINDOW);
  });

  it('of a benchmark is a few bytes for each event', async () => {
    const events = 1_000_000;
    const empty = await memoryInUse();
    const ledger = new BenchLedger(events, ['email', 'inventory', 'analytics']);
    for (let order = 1; order <= events; order++) ledger.begin(order);
    for (let order = 1; order <= events; order++) {
      ledger.handle('email', order);
    }
    expect((await memoryInUse()) - empty).toBeLessThan(6 * MIB);
    expect(ledger.delivered).toBe(events);
  });
});

const endpoint = useEndpoint();
describe.skipIf(isIndependent)('the memory of a consumer', () => {
  it('stays as it is however many events it handles', async () => {
    const drain = async (count: number): Promise<void> => {
      const queue = await createTestQueue(endpoint);
      await queue.send(orders(count));
      const summary = await consume({
        queue: sqsQueue(endpoint.aws, queue.url),
        subscriber: 'email',
        signal: new AbortController().signal,
        concurrency: 40,
        max: count,
        handledEvents,
        handler: () => {},
      });
      expect(summary.deleted).toBe(count);
      // The engine in this process remembers what happened to messages; that isn't the consumer's.
      await endpoint.engine.reset();
    };
    const handledEvents = rememberHandledEvents();
    // Code is compiled, and connections are made.
    await drain(3000);
    const before = await memoryInUse();
    await drain(4000);
    // An event that stays, with its message, takes two kilobytes and more.
    const grown = (await memoryInUse()) - before;
    expect(grown).toBeLessThan(4000 * 500);
  });
});
