import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MessageQueue } from '../../../src/lib/aws/message-queue.ts';
import type { ReceiveOptions } from '../../../src/lib/aws/received-messages.ts';
import { createReceiver } from '../../../src/lib/consume/receiver.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

afterEach(() => vi.useRealTimers());

/** A receiver of a queue that does so, and what it tells. */
function receiverOf(receive: (options: ReceiveOptions) => Promise<[]>, retryFor: number) {
  const told: string[] = [];
  const queue: Pick<MessageQueue, 'url' | 'receive'> = { url: 'http://localhost/q', receive };
  const receiver = createReceiver({
    queue: queue as MessageQueue,
    signal: new AbortController().signal,
    retryFor,
    onTrouble: ({ code }) => told.push(code),
    onRecovered: (seconds) => told.push(`after ${Math.floor(seconds)} s`),
  });
  return { receiver, told };
}

describe('a poll', () => {
  it('counts as lost 15 s after the end of its own wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let polled: AbortSignal | undefined;
    const { receiver, told } = receiverOf(({ signal }) => {
      polled = signal;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    }, 0);
    const lost = expect(receiver.receive(10, 20)).rejects.toThrow('No answer came in time');
    await vi.advanceTimersByTimeAsync(34_999);
    expect(polled?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await lost;
    expect(told).toEqual(['EndpointUnreachable']);
  });

  it('is tried again after a pause, and tells that it recovered where there was trouble', async () => {
    const at: number[] = [];
    const { receiver, told } = receiverOf(async () => {
      at.push(performance.now());
      const cause = { name: 'InternalError', $metadata: { httpStatusCode: 500 } };
      if (at.length === 2) {
        const failed = Object.assign(new Error('no'), cause);
        throw new AppError({ code: 'Failed', message: 'no', cause: failed });
      }
      return [];
    }, 30);
    expect(await receiver.receive(10, 0)).toEqual([]);
    expect(told).toEqual([]);
    expect(await receiver.receive(10, 0)).toEqual([]);
    expect(told).toEqual(['Failed', 'after 0 s']);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThan(240);
  });
});
