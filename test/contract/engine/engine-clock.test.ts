import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type SqsEngine, sqsEngine } from '../../fixtures/sqs-engine.ts';

const HOUR = 3_600_000;
const realNow = Date.now;

let engine: SqsEngine;
beforeEach(async () => {
  engine = await sqsEngine();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await engine.stop();
});

/** What setting the machine's clock does to this process. */
function setClock(by: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
}

async function newQueue(): Promise<string> {
  const { QueueUrl = '' } = await engine.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  return QueueUrl;
}

it.each([-HOUR, HOUR])('a long poll ends in time when the clock is set by %i ms', async (by) => {
  const QueueUrl = await newQueue();
  const started = performance.now();
  const poll = engine.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  const polling = () => engine.running.engine.sqs.queues.get('111122223333/us-east-1/q')?.pollers;
  await expect.poll(() => polling()?.size).toBe(1);

  setClock(by);
  await poll;

  expect(performance.now() - started).toBeGreaterThanOrEqual(999);
});

it.each([-HOUR, HOUR])(
  'delay and visibility last as long when the clock is set by %i ms',
  async (by) => {
    const QueueUrl = await newQueue();
    const receive = async () => {
      const received = new ReceiveMessageCommand({
        QueueUrl,
        VisibilityTimeout: 1,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateFirstReceiveTimestamp'],
      });
      const { Messages } = await engine.sqs.send(received);
      return Messages?.[0]?.Attributes;
    };
    const before = realNow();
    const sent = performance.now();
    await engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', DelaySeconds: 1 }));

    setClock(by);
    const first = await receive();
    const firstAt = performance.now();
    const second = await receive();
    const secondAt = realNow();

    expect(firstAt - sent).toBeGreaterThanOrEqual(999);
    // Sent before the clock was set, received after it.
    expect(Number(first?.SentTimestamp) - before).toBeLessThan(60_000);
    expect(Number(first?.SentTimestamp)).toBeGreaterThanOrEqual(before);
    const receivedAt = Number(first?.ApproximateFirstReceiveTimestamp) - by;
    expect(receivedAt - before).toBeGreaterThanOrEqual(999);
    expect(secondAt - receivedAt).toBeGreaterThanOrEqual(999);
    expect(second).toMatchObject({ ...first });
  },
);

it.each([-HOUR, 0])(
  'what was under way ends in time after a kill and the clock being set by %i ms',
  async (by) => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-clock-'));
    const stateDir = join(folder, 'killed');
    const first = await sqsEngine({ stateDir: join(folder, 'state') });
    try {
      const made = new CreateQueueCommand({ QueueName: 'q' });
      const { QueueUrl = '' } = await first.sqs.send(made);
      const send = (DelaySeconds: number) =>
        first.sqs.send(
          new SendMessageCommand({ QueueUrl, MessageBody: `${DelaySeconds}`, DelaySeconds }),
        );
      await send(0);
      await first.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 2 }));
      await send(2);
      // What `kill -9` leaves: everything that was acknowledged, and no word of its end.
      cpSync(join(folder, 'state'), stateDir, { recursive: true });
    } finally {
      await first.stop();
    }

    setClock(by);
    const again = await sqsEngine({ stateDir });
    try {
      const bodies = new Set<string | undefined>();
      const started = performance.now();
      while (bodies.size < 2 && performance.now() - started < 30_000) {
        const receive = new ReceiveMessageCommand({ QueueUrl: 'q', WaitTimeSeconds: 5 });
        const { Messages = [] } = await again.sqs.send(receive);
        for (const { Body } of Messages) bodies.add(Body);
      }
      expect([...bodies].sort()).toEqual(['0', '2']);
    } finally {
      await again.stop();
      rmSync(folder, { recursive: true });
    }
  },
);
