import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sqsQueue } from '../../../src/lib/aws/message-queue.ts';
import { createReceiver } from '../../../src/lib/consume/receiver.ts';
import { deferred } from '../../../src/library/deferred.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { createTestQueue, orders, type TestQueue } from './consumer-queue.ts';

const endpoint = useEndpoint();
let proxy: TestProxy;
let queue: TestQueue;
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
});
beforeEach(async () => {
  queue = await createTestQueue(endpoint);
});
afterEach(() => {
  vi.useRealTimers();
  proxy.rule = () => undefined;
});
afterAll(() => proxy.close());

/** A receiver of the queue, and what it tells. */
function receiverOf(retryFor: number, signal = new AbortController().signal) {
  const told: string[] = [];
  const receiver = createReceiver({
    ...{ queue: sqsQueue(proxy.aws, queue.url), signal, retryFor },
    onTrouble: ({ code }) => told.push(code),
    onRecovered: (seconds) => told.push(`after ${Math.floor(seconds)} s`),
    onAnswer: (messages) => told.push(`${messages.length} came`),
  });
  return { receiver, told };
}

const AWAY = { status: 503, error: 'ServiceUnavailable' } as const;

describe('a poll', () => {
  it('counts as lost 15 s after the end of its own wait', async () => {
    const arrived = deferred<void>();
    proxy.rule = () => {
      arrived.resolve();
      return { until: new Promise(() => {}) };
    };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { receiver, told } = receiverOf(0);
    let isLost = false;
    const lost = expect(receiver.receive(10, 20)).rejects.toThrow(
      `No answer came in time from ${queue.url}.`,
    );
    void lost.then(() => {
      isLost = true;
    });
    await arrived.promise;
    await vi.advanceTimersByTimeAsync(34_999);
    await new Promise(setImmediate);
    expect(isLost).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await lost;
    expect(told).toEqual(['EndpointUnreachable']);
  });

  it('is tried again after a pause, and tells that it recovered where there was trouble', async () => {
    const at: number[] = [];
    let isAway = false;
    const { receiver, told } = receiverOf(30);
    proxy.rule = () => {
      at.push(performance.now());
      return isAway && told.length === 0 ? AWAY : undefined;
    };
    expect(await receiver.receive(10, 0)).toEqual([]);
    expect(told.splice(0)).toEqual(['0 came']);
    await queue.send(orders(1));
    isAway = true;
    expect(await receiver.receive(10, 0)).toHaveLength(1);
    expect(told).toEqual([expect.not.stringContaining(' '), '1 came', 'after 0 s']);
    const [before = 0, after = 0] = at.slice(-2);
    expect(after - before).toBeGreaterThan(240);
    // That was it: nothing is told again.
    await receiver.receive(10, 0);
    expect(told.slice(3)).toEqual(['0 came']);
  });

  it('leaves trying on to the one that met the trouble first', async () => {
    proxy.rule = () => AWAY;
    const stop = new AbortController();
    const { receiver, told } = receiverOf(30, stop.signal);
    const first = receiver.receive(10, 0);
    await expect.poll(() => told).toHaveLength(1);
    expect(await receiver.receive(10, 0)).toEqual([]);
    expect(told).toHaveLength(1);
    stop.abort();
    expect(await first).toEqual([]);
    // Stopped, it asks no more.
    const before = proxy.counts.get('ReceiveMessage');
    expect(await receiver.receive(10, 0)).toEqual([]);
    expect(proxy.counts.get('ReceiveMessage')).toBe(before);
  });

  it('is no trouble where it fails for good', async () => {
    proxy.rule = () => ({ status: 403, error: 'AccessDeniedException' });
    const { receiver, told } = receiverOf(30);
    await expect(receiver.receive(10, 0)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(told).toEqual([]);
  });
});

describe('a stop during a poll', () => {
  it('waits 300 ms for an answer that is on its way, and takes it', async () => {
    const arrived = deferred<void>();
    const letGo = deferred<void>();
    await queue.send(orders(1));
    proxy.rule = () => {
      arrived.resolve();
      return { answer: (body) => letGo.promise.then(() => body) };
    };
    const stop = new AbortController();
    const { receiver } = receiverOf(30, stop.signal);
    const received = receiver.receive(10, 20);
    await arrived.promise;
    stop.abort();
    letGo.resolve();
    expect(await received).toHaveLength(1);
  });

  it('gives up a poll that has taken longer, at once', async () => {
    const { receiver } = receiverOf(30, AbortSignal.timeout(320));
    const began = performance.now();
    expect(await receiver.receive(10, 20)).toEqual([]);
    expect(performance.now() - began).toBeGreaterThan(300);
  });
});
