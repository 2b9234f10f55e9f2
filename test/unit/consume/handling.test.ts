import { describe, expect, it } from 'vitest';
import { handlerGone } from '../../../src/lib/consume/consumed.ts';
import { runHandler } from '../../../src/lib/consume/handling.ts';
import { extensionSeconds } from '../../../src/lib/consume/heartbeat.ts';
import { retryDelaySeconds } from '../../../src/lib/consume/retry-delay.ts';
import { sampleMessage } from '../../fixtures/orders.ts';

const event = sampleMessage(0);
const facts = {
  subscriber: 'email',
  queueUrl: 'http://localhost/q',
  messageId: 'm',
  eventId: 'e',
  eventType: 'order.created',
  receiveCount: 1,
  groupId: undefined,
  topicArn: undefined,
  subject: undefined,
  traceparent: undefined,
  awsTraceHeader: undefined,
  attributes: {},
};

describe('the visibility of a message', () => {
  it('is never asked for beyond twelve hours from its receive on', () => {
    expect(extensionSeconds(30, 0)).toBe(30);
    expect(extensionSeconds(30, 43_180)).toBe(19);
    expect(extensionSeconds(30, 43_199.5)).toBe(0);
    expect(extensionSeconds(43_200, 10.5)).toBe(43_188);
    expect(extensionSeconds(30, 50_000)).toBe(0);
  });
});

describe('the delay before another receive', () => {
  it('doubles with each receive, with jitter below it', () => {
    for (let receive = 1; receive <= 8; receive++) {
      const most = 10 * 2 ** (receive - 1);
      const delays = Array.from({ length: 50 }, () => retryDelaySeconds(10, receive, 0));
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(most / 2);
      expect(Math.max(...delays)).toBeLessThanOrEqual(most);
      if (receive > 2) expect(new Set(delays).size).toBeGreaterThan(5);
    }
  });

  it('keeps to the twelve hours, and to none at all', () => {
    expect(retryDelaySeconds(10, 1000, 0)).toBe(43_199);
    expect(retryDelaySeconds(10, 1000, 3600)).toBe(39_599);
    expect(retryDelaySeconds(1, 1, 0)).toBe(1);
    expect(retryDelaySeconds(0, 7, 0)).toBe(0);
  });
});

describe('running a handler', () => {
  it.each<[string, () => unknown, object]>([
    ['that returns', () => 1, { outcome: 'handled', result: 1 }],
    ['that resolves', async () => 1, { outcome: 'handled', result: 1 }],
    ['that throws at once', () => fail(new Error('a')), { outcome: 'failed', reason: 'a' }],
    ['that rejects', async () => fail(new Error('b')), { outcome: 'failed', reason: 'b' }],
    ['that throws no error', () => fail('c'), { outcome: 'failed', reason: 'c' }],
    [
      'that throws nothing',
      () => fail(undefined),
      { outcome: 'failed', reason: 'it threw undefined' },
    ],
    [
      'that throws what has no text',
      async () => fail(Object.create(null)),
      { outcome: 'failed', reason: 'it threw [Object: null prototype] {}' },
    ],
    [
      'that throws an error whose message is none',
      () => fail(Object.assign(new Error(), { message: { code: 7 } })),
      { outcome: 'failed', reason: '{ code: 7 }' },
    ],
    [
      'that throws an empty error',
      () => fail(new TypeError()),
      { outcome: 'failed', reason: 'TypeError' },
    ],
    [
      'that throws what throws when it is looked at',
      () => fail(trap),
      { outcome: 'failed', reason: 'it threw something that cannot be shown' },
    ],
    [
      'that refuses the event',
      () => fail(Object.assign(new Error('no order'), { code: 'InvalidEvent' })),
      { outcome: 'invalid', reason: 'no order' },
    ],
    ['whose then throws', () => thenable(), { outcome: 'failed', reason: 'd' }],
  ])('%s', async (_, handler, end) => {
    expect(await runHandler(handler, event, facts, 10)).toEqual(end);
  });

  it('shows its limit also to one that looks for it only then', async () => {
    let seen: AbortSignal | undefined;
    const end = await runHandler(
      async (_event, context) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        seen = context.signal;
        expect(context.signal).toBe(seen);
      },
      event,
      facts,
      0.02,
    );
    expect(end).toMatchObject({ outcome: 'timeout', reason: 'not done within 0 s' });
    expect(seen?.aborted).toBe(true);
    expect(seen?.reason).toMatchObject({ message: 'The time limit of 0.02 s is over.' });
  });

  it('aborts it at its limit, and waits for its end', async () => {
    let stopped = false;
    const end = await runHandler(
      (_event, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            resolve(undefined);
          });
        }),
      event,
      facts,
      0.05,
    );
    expect(stopped).toBe(true);
    expect(end.outcome).toBe('timeout');
  });

  it('says when no handler can run any more', async () => {
    const gone = handlerGone('gone', 'hint');
    const end = await runHandler(() => fail(gone), event, facts, 1);
    expect(end).toEqual({ outcome: 'failed', reason: 'gone', fatal: gone });
  });
});

const trap = new Proxy(new Error(), {
  get() {
    throw new Error('not this way');
  },
  getPrototypeOf() {
    throw new Error('nor this');
  },
});

function fail(error: unknown): never {
  throw error;
}

function thenable(): unknown {
  return {
    // biome-ignore lint/suspicious/noThenProperty: it is what this is about.
    then() {
      throw new Error('d');
    },
  };
}
