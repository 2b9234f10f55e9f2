import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteQueue } from '../../../src/lib/aws/queues.ts';
import type { EventMessage } from '../../../src/lib/events/message.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy, type Verdict } from '../../fixtures/proxy.ts';
import { createTestQueue, orders, startConsumer, type TestQueue } from './consumer-queue.ts';

const endpoint = useEndpoint();
const NOTHING = { visible: 0, inFlight: 0 };
const patient = { timeout: 60_000, interval: 50 };
let proxy: TestProxy;
let queue: TestQueue;
beforeEach(async () => {
  proxy = await startProxy(endpoint.url);
  queue = await createTestQueue(endpoint);
});
afterEach(() => proxy.close());

/** A consumer behind the proxy; `handled` is what its handler saw, in that order. */
function consumeThroughProxy(options: { retryFor?: number; max?: number } = {}) {
  const handled: EventMessage[] = [];
  const consumer = startConsumer({
    aws: proxy.aws,
    queueUrl: queue.url,
    handler: (event) => handled.push(event),
    ...options,
  });
  return { ...consumer, handled };
}

/** Moves entries of a batch answer from `Successful` to `Failed`. */
function refuse(count: number, code: string, senderFault: boolean): Verdict {
  return {
    answer: (body) => {
      const { Successful, ...rest } = JSON.parse(body) as { Successful: { Id: string }[] };
      const Failed = Successful.slice(0, count).map(({ Id }) => ({
        Id,
        Code: code,
        SenderFault: senderFault,
        Message: 'said by the proxy',
      }));
      return JSON.stringify({ ...rest, Successful: Successful.slice(count), Failed });
    },
  };
}

describe('deletes that fail in part', () => {
  it('are tried again when the fault is not ours', async () => {
    await queue.send(orders(10));
    proxy.rule = ({ action }) =>
      action === 'DeleteMessageBatch' && proxy.counts.get(action) === 1
        ? refuse(4, 'InternalError', false)
        : undefined;
    const consumer = consumeThroughProxy({ max: 10 });
    expect(await consumer.ended).toMatchObject({ deleted: 10 });
    expect(proxy.counts.get('DeleteMessageBatch')).toBe(2);
    expect(consumer.handled).toHaveLength(10);
    expect(consumer.problems).toEqual([]);
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('are told, once a message, when they are ours', async () => {
    await queue.send(orders(10));
    proxy.rule = ({ action }) =>
      action === 'DeleteMessageBatch' ? refuse(2, 'ReceiptHandleIsInvalid', true) : undefined;
    const consumer = consumeThroughProxy({ max: 10 });
    expect(await consumer.ended).toMatchObject({ deleted: 8, outcomes: { handled: 10 } });
    expect(consumer.problems).toHaveLength(2);
    expect(consumer.problems[0]).toMatchObject({
      kind: 'undeleted',
      reason: 'ReceiptHandleIsInvalid: said by the proxy',
    });
    expect(proxy.counts.get('DeleteMessageBatch')).toBe(1);
  });

  it('are given up when the message is not held any more', async () => {
    queue = await createTestQueue(endpoint, { VisibilityTimeout: '4' });
    await queue.send(orders(1));
    proxy.rule = ({ action }) =>
      action === 'DeleteMessageBatch' ? refuse(10, 'InternalError', false) : undefined;
    const consumer = consumeThroughProxy({ max: 1 });
    expect(await consumer.ended).toMatchObject({ deleted: 0 });
    expect(consumer.problems).toMatchObject([{ kind: 'undeleted' }]);
    expect(proxy.counts.get('DeleteMessageBatch')).toBeGreaterThan(1);
  });

  it('are found done when only the answer was lost', async () => {
    await queue.send(orders(3));
    proxy.rule = ({ action }) =>
      action === 'DeleteMessageBatch' && proxy.counts.get(action) === 1 ? 'lose-answer' : undefined;
    const consumer = consumeThroughProxy({ max: 3 });
    expect(await consumer.ended).toMatchObject({ deleted: 3 });
    expect(await queue.depth()).toEqual(NOTHING);
  });
});

describe('trouble that passes', () => {
  it.each<[string, Verdict]>([
    ['the network is gone', 'cut'],
    ['SQS asks to slow down', { status: 400, error: 'RequestThrottled' }],
    ['SQS has a fault of its own', { status: 503, error: 'ServiceUnavailable' }],
  ])('is told once, survived, and told to be over: %s', async (_, verdict) => {
    await queue.send(orders(5));
    const consumer = consumeThroughProxy();
    await vi.waitFor(() => expect(consumer.handled).toHaveLength(5), patient);
    proxy.rule = () => verdict;
    // The first ends the poll that is under way; the others come in the middle of the trouble.
    await queue.send(orders(1));
    await vi.waitFor(() => expect(consumer.problems).toHaveLength(1), patient);
    await queue.send(orders(4));
    expect(consumer.problems[0]).toMatchObject({ kind: 'trouble', subscriber: 'email' });
    const before = proxy.counts.get('ReceiveMessage') ?? 0;
    await vi.waitFor(
      () => expect(proxy.counts.get('ReceiveMessage')).toBeGreaterThan(before + 2),
      patient,
    );
    proxy.rule = () => undefined;
    await vi.waitFor(() => expect(consumer.handled).toHaveLength(10), patient);
    expect(consumer.problems).toHaveLength(2);
    expect(consumer.problems[1]).toMatchObject({
      kind: 'recovered',
      seconds: expect.any(Number),
    });
    expect(await consumer.end()).toMatchObject({ end: 'stopped', fatal: undefined, deleted: 10 });
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('ends the run when it has lasted for too long', async () => {
    proxy.rule = () => 'cut';
    const consumer = consumeThroughProxy({ retryFor: 1 });
    const { end, fatal } = await consumer.ended;
    expect(end).toBe('failed');
    expect(fatal).toMatchObject({ code: 'EndpointUnreachable', exitCode: 1 });
    expect(consumer.problems).toHaveLength(1);
    // With pauses between its calls.
    expect(proxy.counts.get('ReceiveMessage')).toBeLessThan(20);
  });

  it('does not hold up a stop', async () => {
    // After the trouble was told, nothing is answered any more.
    proxy.rule = () => (consumer.problems.length === 0 ? 'cut' : { until: new Promise(() => {}) });
    const consumer = consumeThroughProxy();
    await vi.waitFor(() => expect(consumer.problems).toHaveLength(1), patient);
    expect(await consumer.end()).toMatchObject({ end: 'stopped' });
  });
});

describe('a message whose receive was lost', () => {
  it('comes again when its visibility timeout is over', async () => {
    queue = await createTestQueue(endpoint, { VisibilityTimeout: '1' });
    await queue.send(orders(1));
    proxy.rule = ({ action }) =>
      action === 'ReceiveMessage' && proxy.counts.get(action) === 1 ? 'lose-answer' : undefined;
    const consumer = consumeThroughProxy({ max: 1 });
    expect(await consumer.ended).toMatchObject({ deleted: 1 });
    expect(consumer.messages).toMatchObject([{ outcome: 'handled', receiveCount: 2 }]);
  });
});

describe('what can not be mended', () => {
  it('ends the run when access is denied', async () => {
    proxy.rule = ({ action }) =>
      action === 'ReceiveMessage' ? { status: 403, error: 'AccessDeniedException' } : undefined;
    const { end, fatal } = await consumeThroughProxy().ended;
    expect(end).toBe('failed');
    expect(fatal).toMatchObject({ code: 'AccessDenied', exitCode: 4 });
    expect(proxy.counts.get('ReceiveMessage')).toBe(1);
  });

  it('ends the run when messages may be received but not deleted', async () => {
    await queue.send(orders(1));
    proxy.rule = ({ action }) =>
      action === 'DeleteMessageBatch' ? { status: 403, error: 'AccessDeniedException' } : undefined;
    const consumer = consumeThroughProxy();
    const { fatal } = await consumer.ended;
    expect(fatal).toMatchObject({ code: 'AccessDenied', exitCode: 4 });
    expect(consumer.handled).toHaveLength(1);
    expect(consumer.problems).toMatchObject([{ kind: 'undeleted' }]);
  });

  it('goes on without the right to read the queue', async () => {
    await queue.send(orders(1));
    proxy.rule = ({ action }) => {
      if (action === 'GetQueueAttributes') return { status: 403, error: 'AccessDeniedException' };
      const isFirst = action === 'DeleteMessageBatch' && proxy.counts.get(action) === 1;
      return isFirst ? refuse(1, 'InternalError', false) : undefined;
    };
    expect(await consumeThroughProxy({ max: 1 }).ended).toMatchObject({ deleted: 1 });
  });

  it('ends the run when the queue is deleted meanwhile', async () => {
    await queue.send(orders(1));
    const consumer = consumeThroughProxy();
    await vi.waitFor(() => expect(consumer.handled).toHaveLength(1), patient);
    await deleteQueue(endpoint.aws, queue.url);
    const { end, fatal } = await consumer.ended;
    expect(end).toBe('failed');
    expect(fatal).toMatchObject({ code: 'QueueNotFound', exitCode: 1 });
  });
});
