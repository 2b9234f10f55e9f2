import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sqsStoredQueue } from '../../../src/lib/aws/stored-queue.ts';
import { EVERY_DEAD_LETTER } from '../../../src/lib/dead-letters/dead-letter.ts';
import { dropMatching } from '../../../src/lib/dead-letters/drop.ts';
import { createHold, lookThrough } from '../../../src/lib/dead-letters/hold.ts';
import { importLines } from '../../../src/lib/dead-letters/import-lines.ts';
import { type RedriveOptions, redrive } from '../../../src/lib/dead-letters/redrive.ts';
import { parseCondition } from '../../../src/lib/events/where.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { createPair, createPlainQueue, deadLetter, depthOf, sendAll } from './dead-letters.ts';

const endpoint = useEndpoint();
const signal = new AbortController().signal;
let proxy: TestProxy;
/** Each request that came by, with what it says. */
let calls: { readonly action: string; readonly said: Record<string, unknown> }[] = [];
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
});
afterEach(() => {
  vi.restoreAllMocks();
  watch();
});
afterAll(() => proxy.close());

function watch(rule: TestProxy['rule'] = () => undefined): void {
  calls = [];
  proxy.rule = (request) => {
    calls.push({ action: request.action, said: JSON.parse(request.body || '{}') });
    return rule(request);
  };
}
const said = (action: string, field: string) =>
  calls.filter((call) => call.action === action).map((call) => call.said[field]);
const entries = (action: string) =>
  said(action, 'Entries').map((each) => (each as readonly unknown[]).length);
const stored = ({ url }: { readonly url: string }) => sqsStoredQueue(proxy.aws, url);
const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ body: `${n}` }));

describe.skipIf(isIndependent)('what a redrive asks for', () => {
  const where = [parseCondition('n>1')];
  const filter = { ...EVERY_DEAD_LETTER, where };
  it.each<[Partial<RedriveOptions>, number]>([
    [{}, 10],
    [{ rate: 1 }, 1],
    [{ rate: 19 }, 1],
    [{ rate: 20 }, 2],
    [{ rate: 99 }, 9],
    [{ rate: 1000 }, 10],
    [{ max: 3 }, 3],
    [{ max: 3, filter: EVERY_DEAD_LETTER }, 3],
    [{ max: 3, filter }, 10],
  ])('with %j is up to %i messages at once', async (options, most) => {
    const [queue, dlq] = [await createPlainQueue(endpoint), await createPlainQueue(endpoint)];
    watch();
    await redrive({ queue: stored(queue), dlq: stored(dlq), signal, ...options });
    expect(said('ReceiveMessage', 'MaxNumberOfMessages')).toEqual([most]);
    // All that was counted was seen: an engine that tells the truth needs not be waited for.
    expect(said('ReceiveMessage', 'WaitTimeSeconds')).toEqual([0]);
    expect(said('ReceiveMessage', 'VisibilityTimeout')).toEqual([30]);
  });
});

describe('a redrive', () => {
  it('fills a request up to the bytes that one may have, and not a byte more', async () => {
    const { queue, dlq } = await createPair(endpoint);
    const half = { body: 'x'.repeat(131_072) };
    for (const [bodies, requests] of [
      [[half, half], [2]],
      [
        [half, { body: `${half.body}x` }],
        [1, 1],
      ],
    ] as const) {
      await sendAll(endpoint, dlq.url, bodies);
      watch();
      await redrive({ queue: stored(queue), dlq: stored(dlq), signal });
      expect(entries('SendMessageBatch')).toEqual(requests);
    }
  });

  it('looks for the queue of many only once, and for none where all go to one', async () => {
    for (const [toOneQueue, looks, depths] of [
      [false, 1, [1, 2]],
      [true, 0, [3, 0]],
    ] as const) {
      const one = await createPair(endpoint);
      const other = await createPair(endpoint, { dlq: one.dlq });
      await deadLetter(endpoint, other, numbered(2));
      await deadLetter(endpoint, one, numbered(1));
      watch();
      const options = { queue: stored(one.queue), dlq: stored(one.dlq), signal, toOneQueue };
      expect(await redrive(options)).toMatchObject({ moved: 3, failures: [] });
      expect(said('GetQueueUrl', 'QueueName')).toHaveLength(looks);
      const found = [one, other].map(async ({ queue }) => depthOf(endpoint.aws, queue.url));
      expect((await Promise.all(found)).map(({ visible }) => visible)).toEqual(depths);
    }
  });

  it('asks for nothing more once it can not go on', async () => {
    const { queue, dlq } = await createPair(endpoint, { fifo: true });
    const sent = numbered(12).map(({ body }) => ({ body, group: body, deduplicationId: body }));
    await sendAll(endpoint, dlq.url, sent);
    watch(({ action }) =>
      action === 'SendMessageBatch' ? { status: 400, error: 'AccessDenied' } : undefined,
    );
    const options = { queue: stored(queue), dlq: stored(dlq), signal };
    expect(await redrive({ ...options, waitForHidden: true })).toMatchObject({
      ...{ looked: 10, moved: 0, failures: [], fatal: { code: 'AccessDenied' } },
    });
    expect([entries('SendMessageBatch'), said('ReceiveMessage', 'QueueUrl')]).toEqual([
      ...[[10], [dlq.url]],
    ]);
    const stopped = await redrive({ ...options, signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ looked: 0, fatal: undefined });
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 12, hidden: 0 });
  });

  it('tells what was sent and not deleted, and shows it again', async () => {
    const { queue, dlq } = await createPair(endpoint);
    await sendAll(endpoint, dlq.url, numbered(2));
    const Failed = [{ Id: '0', Code: 'Refused', Message: 'no', SenderFault: true }];
    watch(({ action }) =>
      action === 'DeleteMessageBatch'
        ? { answer: () => JSON.stringify({ Successful: [{ Id: '1' }], Failed }) }
        : undefined,
    );
    const progress: number[][] = [];
    const result = await redrive({
      ...{ queue: stored(queue), dlq: stored(dlq), signal },
      onProgress: (moved, looked) => progress.push([moved, looked]),
    });
    expect(result).toMatchObject({
      ...{ looked: 2, matched: 2, moved: 1, fatal: undefined },
      failures: [{ messageId: expect.any(String), reason: 'sent, but not deleted: Refused: no' }],
    });
    expect(progress).toEqual([
      [0, 2],
      [1, 2],
    ]);
    // The one that counts as deleted stays hidden.
    expect(entries('ChangeMessageVisibilityBatch')).toEqual([1]);
  });

  it('shows what it holds again, in tens, also where a defect ends it', async () => {
    const { queue, dlq } = await createPair(endpoint);
    await sendAll(endpoint, dlq.url, numbered(12));
    const options = { queue: stored(queue), dlq: stored(dlq), signal };
    watch();
    const seen: string[] = [];
    // A dry run waits for no rate.
    const dry = { ...options, dryRun: true, rate: 100 };
    expect(await redrive({ ...dry, onMeant: ({ text }) => seen.push(text) })).toEqual({
      ...{ looked: 12, matched: 12, moved: 0, failures: [], fatal: undefined },
    });
    expect(seen).toHaveLength(12);
    expect(entries('ChangeMessageVisibilityBatch').sort()).toEqual([10, 2]);
    const shown = said('ChangeMessageVisibilityBatch', 'Entries') as { VisibilityTimeout: 0 }[][];
    expect(shown.flat().every(({ VisibilityTimeout }) => VisibilityTimeout === 0)).toBe(true);
    const onMeant = () => {
      throw new TypeError('a defect');
    };
    await expect(redrive({ ...options, onMeant })).rejects.toThrow('a defect');
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 12, hidden: 0 });
  });
});

describe('a hold', () => {
  it('hides its messages on, within 15 s of their end, and not before', async () => {
    const queue = await createPlainQueue(endpoint);
    await sendAll(endpoint, queue.url, numbered(11));
    const hold = createHold(stored(queue));
    let ahead = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
    await hold.receive(10, 0);
    await hold.receive(10, 0);
    expect(hold.size).toBe(11);
    watch();
    ahead = 10_000;
    await hold.renew();
    expect(entries('ChangeMessageVisibilityBatch')).toEqual([]);
    ahead = 15_001;
    await hold.renew();
    expect(entries('ChangeMessageVisibilityBatch').sort()).toEqual([1, 10]);
    const hidden = said('ChangeMessageVisibilityBatch', 'Entries') as object[][];
    for (const each of hidden.flat()) expect(each).toMatchObject({ VisibilityTimeout: 30 });
    ahead = 25_000;
    await hold.renew();
    expect(entries('ChangeMessageVisibilityBatch')).toHaveLength(2);
    ahead = 31_000;
    watch();
    // A receive does it first.
    await hold.receive(1, 0);
    expect(entries('ChangeMessageVisibilityBatch').sort()).toEqual([1, 10]);
    await hold.release();
    expect(hold.size).toBe(0);
    expect(await depthOf(endpoint.aws, queue.url)).toEqual({ visible: 11, hidden: 0 });
  });

  it('goes on where its messages can not be hidden on', async () => {
    const queue = await createPlainQueue(endpoint);
    await sendAll(endpoint, queue.url, numbered(1));
    watch(({ action }) =>
      action === 'ChangeMessageVisibilityBatch'
        ? { status: 403, error: 'AccessDenied' }
        : undefined,
    );
    const hold = createHold(stored(queue));
    expect(await hold.receive(1, 0)).toMatchObject({ received: 1, fresh: [{ body: '0' }] });
    await hold.release();
    expect(hold.size).toBe(0);
  });

  it.skipIf(isIndependent)(
    'is looked through up to a limit, and until three receives bring nothing new',
    async () => {
      const queue = await createPlainQueue(endpoint);
      await sendAll(endpoint, queue.url, numbered(8));
      const looked = async (options: object) => {
        const hold = createHold(stored(queue));
        const sizes: number[] = [];
        for await (const fresh of lookThrough(hold, { signal, ...options }))
          sizes.push(fresh.length);
        await hold.release();
        return sizes;
      };
      expect(await looked({ limit: 3, atOnce: 2 })).toEqual([2, 1]);
      expect(await looked({ limit: 8 })).toEqual([8]);
      expect(await looked({ signal: AbortSignal.abort() })).toEqual([]);
      let answer: string | undefined;
      // The same ones again, as a server may say that doesn't know what another handed out.
      watch(({ action }) =>
        action === 'ReceiveMessage' ? { answer: (body) => (answer ??= body) } : undefined,
      );
      expect(await looked({ atOnce: 2 })).toEqual([2]);
      expect(said('ReceiveMessage', 'MaxNumberOfMessages')).toEqual([2, 2, 2, 2]);
      expect(said('ReceiveMessage', 'WaitTimeSeconds')).toEqual([1, 1, 1, 1]);
    },
  );
});

describe('a purge of what is meant', () => {
  const drop = async (more: object = {}) => {
    const queue = await createPlainQueue(endpoint);
    await sendAll(endpoint, queue.url, numbered(12));
    const progress: number[] = [];
    const given = { filter: EVERY_DEAD_LETTER, max: undefined, dryRun: false, signal };
    const result = await dropMatching({
      ...{
        queue: stored(queue),
        ...given,
        onProgress: (dropped: number) => progress.push(dropped),
      },
      ...more,
    });
    return { result, progress, depth: await depthOf(endpoint.aws, queue.url) };
  };

  it('drops up to its bound, and tells how many so far', async () => {
    expect(await drop()).toMatchObject({
      ...{ result: { matched: 12, dropped: 12 }, progress: [10, 12] },
      depth: { visible: 0, hidden: 0 },
    });
    expect(await drop({ max: 11 })).toMatchObject({
      ...{ result: { matched: 11, dropped: 11 }, depth: { visible: 1, hidden: 0 } },
    });
    expect(await drop({ max: 10 })).toMatchObject({ result: { dropped: 10 }, progress: [10] });
  });

  it('counts alone where that is asked for', async () => {
    expect(await drop({ dryRun: true })).toEqual({
      ...{ result: { matched: 12, dropped: 0, failures: [], fatal: undefined }, progress: [] },
      depth: { visible: 12, hidden: 0 },
    });
  });

  it('says what ended it; a defect is none of that', async () => {
    watch(({ action }) =>
      action === 'DeleteMessageBatch' ? { status: 403, error: 'AccessDenied' } : undefined,
    );
    expect(await drop()).toMatchObject({
      ...{ result: { dropped: 0, fatal: { code: 'AccessDenied' } } },
      depth: { visible: 12, hidden: 0 },
    });
    watch();
    const onProgress = () => {
      throw new TypeError('a defect');
    };
    await expect(drop({ onProgress })).rejects.toThrow('a defect');
  });
});

describe('an import of lines', () => {
  const bring = async (lines: readonly object[]) => {
    const queue = await createPlainQueue(endpoint);
    const source = (async function* () {
      yield Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    })();
    const unsent: string[] = [];
    watch();
    const result = await importLines(source, {
      ...{ queue: stored(queue), signal, onProgress: () => {} },
      onUnsent: ({ line, message }) => unsent.push(`${line}: ${message}`),
    });
    return { ...result, unsent, requests: entries('SendMessageBatch') };
  };

  it('fills requests by number and by bytes', async () => {
    const half = { body: 'x'.repeat(131_072) };
    expect(await bring([half, half])).toMatchObject({ sent: 2, requests: [2] });
    expect(await bring([half, { body: `${half.body}x` }])).toMatchObject({ requests: [1, 1] });
    expect(await bring(numbered(11))).toMatchObject({ sent: 11, lastLine: 11, requests: [10, 1] });
    expect(await bring([])).toEqual({
      ...{ sent: 0, lastLine: 0, fatal: undefined, unsent: [], requests: [] },
    });
  });

  it('is ended by a defect, which is no fault of a line', async () => {
    const queue = await createPlainQueue(endpoint);
    const read = () => {
      throw new TypeError('a defect');
    };
    const lines = { maxBytes: 100, read, further: () => ({}) };
    const source = (async function* () {
      yield Buffer.from('{"body":"a"}\n');
    })();
    const given = { signal, onUnsent: () => {}, onProgress: () => {} };
    await expect(
      importLines(source, { queue: { ...stored(queue), lines }, ...given }),
    ).rejects.toThrow('a defect');
  });

  it.each([
    'InvalidMessageContents',
    'InvalidParameterValue',
    'InvalidParameterValueException',
    'InvalidAttributeValue',
    'MissingParameter',
    'BatchRequestTooLong',
    'AWS.SimpleQueueService.BatchRequestTooLong',
  ])('tells which line is refused with %s, and sends the others', async (error) => {
    const queue = await createPlainQueue(endpoint);
    watch(({ action, body }) =>
      action === 'SendMessageBatch' && body.includes('"1"') ? { status: 400, error } : undefined,
    );
    const source = (async function* () {
      yield Buffer.from(
        numbered(3)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      );
    })();
    const unsent: number[] = [];
    const result = await importLines(source, {
      ...{ queue: stored(queue), signal, onProgress: () => {} },
      onUnsent: ({ line }) => unsent.push(line),
    });
    expect(result).toMatchObject({ sent: 2, lastLine: 3, fatal: undefined });
    expect(unsent).toEqual([2]);
  });
});
