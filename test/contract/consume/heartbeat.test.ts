import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqsQueue } from '../../../src/lib/aws/message-queue.ts';
import { createHeartbeat, type Kept } from '../../../src/lib/consume/heartbeat.ts';
import { deferred } from '../../../src/library/deferred.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy, type Verdict } from '../../fixtures/proxy.ts';
import { createTestQueue, orders } from './consumer-queue.ts';

const endpoint = useEndpoint();
let proxy: TestProxy;
/** What becomes of the extensions of each queue, by its URL: one that is late is told of its own queue. */
const rules = new Map<string, (receiptHandles: readonly string[]) => Verdict | undefined>();
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
  proxy.rule = ({ action, body }) => {
    if (action !== 'ChangeMessageVisibilityBatch') return undefined;
    const asked: { QueueUrl: string; Entries: { ReceiptHandle: string }[] } = JSON.parse(body);
    return rules.get(asked.QueueUrl)?.(asked.Entries.map(({ ReceiptHandle }) => ReceiptHandle));
  };
});
afterAll(() => proxy.close());

/** So many messages whose time is half over, the heartbeat of their queue, and what it asked for and told. */
async function beat(
  count: number,
  visibility: number,
  rule: () => Verdict | undefined = () => undefined,
  ageMs = 60_000,
) {
  const { url, send } = await createTestQueue(endpoint);
  await send(orders(count));
  const queue = sqsQueue(proxy.aws, url);
  const { signal } = new AbortController();
  const messages = await queue.receive({ max: 10, waitSeconds: 0, signal });
  const receivedAt = performance.now() - ageMs;
  const due = messages.map(({ messageId, receiptHandle }): Kept => {
    return { messageId, receiptHandle, receivedAt, heldSince: receivedAt };
  });
  const nameOf = new Map(messages.map(({ receiptHandle }, n) => [receiptHandle, n]));
  const asked: (number | undefined)[][] = [];
  rules.set(url, (receiptHandles) => {
    asked.push(receiptHandles.map((receiptHandle) => nameOf.get(receiptHandle)));
    return rule();
  });
  const lost: (number | undefined)[] = [];
  const heartbeat = createHeartbeat({
    queue,
    visibility: async () => visibility,
    onLost: (messageId) => lost.push(due.findIndex((each) => each.messageId === messageId)),
  });
  return { heartbeat, due, asked, lost };
}

describe('a message that is kept hidden', () => {
  it('is asked for again where that may pass, and told as lost only while it is in hand', async () => {
    const failed = (Id: string, SenderFault: boolean) => ({ Id, Code: 'No', SenderFault });
    const refuse: Verdict = {
      answer: () => {
        void heartbeat.end(due[1] as Kept);
        const Failed = [failed('0', false), failed('1', true), failed('2', true)];
        return JSON.stringify({ Successful: [], Failed });
      },
    };
    let times = 0;
    const { heartbeat, due, asked, lost } = await beat(3, 100, () =>
      times++ === 0 ? refuse : undefined,
    );
    for (const message of due) heartbeat.keep(message);
    await expect.poll(() => asked).toEqual([[0, 1, 2], [0]]);
    expect(lost).toEqual([2]);
  });

  it('needs no extension where its queue hides nothing, and does from a second on', async () => {
    const never = await beat(1, 0);
    for (const message of never.due) never.heartbeat.keep(message);
    const short = await beat(1, 1);
    for (const message of short.due) short.heartbeat.keep(message);
    await expect.poll(() => short.asked.length).toBeGreaterThan(0);
    expect(never.asked).toEqual([]);
    void short.heartbeat.end(short.due[0] as Kept);
  });

  it('is not asked for beyond the twelve hours that SQS hides it, and not told as lost', async () => {
    const { heartbeat, due, asked, lost } = await beat(2, 100, undefined, 43_200_000);
    for (const message of due) heartbeat.keep(message);
    const next = await beat(1, 100);
    for (const message of next.due) next.heartbeat.keep(message);
    await expect.poll(() => next.asked.length).toBe(1);
    expect([asked, lost, heartbeat.end(due[0] as Kept)]).toEqual([[], [], undefined]);
  });

  it('fails whoever waits for its extension at a defect, which is nothing of the queue', async () => {
    const begun = deferred<void>();
    const goOn = deferred<void>();
    const { heartbeat, due, lost } = await beat(1, 100, () => {
      begun.resolve();
      // No answer of SQS: the SDK's reader fails.
      return { answer: () => goOn.promise.then(() => '{"Successful":7}') };
    });
    const [message] = due as [Kept];
    heartbeat.keep(message);
    await begun.promise;
    const waits = expect(heartbeat.end(message)).rejects.toThrow(TypeError);
    goOn.resolve();
    await waits;
    expect(lost).toEqual([]);
  });
});
