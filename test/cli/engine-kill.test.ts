import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInBackground, stopBackground } from '../../src/lib/engine/background.ts';

/** How long to go on killing, in milliseconds. */
const DURATION = Number(process.env.PUBSUB_KILL_TEST_SECONDS ?? 8) * 1000;

/** Calls under way at one time, of each kind. */
const SENDERS = 6;
const RECEIVERS = 3;

/** What the clients know of one message. */
interface Known {
  sent: boolean;
  /** A call to delete it is under way or was lost: it may be there or not. */
  deleting: boolean;
  deleted: boolean;
}

let stateDir: string;

beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-kill-'));
});

afterAll(async () => {
  await stopBackground(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
});

function client(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

it('loses nothing that it acknowledged, and brings nothing back, whenever it is killed', {
  timeout: DURATION + 60_000,
}, async () => {
  const messages = new Map<string, Known>();
  const returned: string[] = [];
  let kills = 0;
  let nextBody = 0;
  let acknowledged = 0;
  let queueUrl = '';
  const deadline = Date.now() + DURATION;

  while (Date.now() < deadline) {
    const engine = await startInBackground({ stateDir, port: 0 });
    const sqs = client(engine.endpoint);
    const created = await sqs.send(
      new CreateQueueCommand({ QueueName: 'kill', Attributes: { VisibilityTimeout: '1' } }),
    );
    queueUrl = created.QueueUrl ?? '';
    let dead = false;
    const until = async (work: () => Promise<void>) => {
      while (!dead) {
        try {
          await work();
        } catch (error) {
          // The kill cuts calls short; an answer from the engine is never an error here.
          if (!dead) throw error;
        }
      }
    };
    const send = () =>
      until(async () => {
        const bodies = Array.from({ length: 1 + (nextBody % 3) }, () => `message ${nextBody++}`);
        for (const body of bodies) {
          messages.set(body, { sent: false, deleting: false, deleted: false });
        }
        const [body = ''] = bodies;
        if (bodies.length === 1) {
          await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
        } else {
          const Entries = bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
          await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        }
        for (const each of bodies) {
          mark(messages, each).sent = true;
          acknowledged += 1;
        }
      });
    const receive = () =>
      until(async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
        );
        const taken = Messages.filter(() => Math.random() < 0.7);
        for (const { Body = '' } of Messages) {
          if (mark(messages, Body).deleted) returned.push(Body);
        }
        if (taken.length === 0) return;
        for (const { Body = '' } of taken) mark(messages, Body).deleting = true;
        const { Failed = [] } = await sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: taken.map(({ ReceiptHandle = '' }, index) => ({
              Id: `${index}`,
              ReceiptHandle,
            })),
          }),
        );
        expect(Failed).toEqual([]);
        for (const { Body = '' } of taken) mark(messages, Body).deleted = true;
      });
    const clients = [
      ...Array.from({ length: SENDERS }, send),
      ...Array.from({ length: RECEIVERS }, receive),
    ];
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 400));
    dead = true;
    process.kill(engine.pid, 'SIGKILL');
    kills += 1;
    await Promise.all(clients);
    sqs.destroy();
  }

  const engine = await startInBackground({ stateDir, port: 0 });
  const present = await drain(client(engine.endpoint), queueUrl, messages);

  const all = [...messages];
  const lost = all.filter(([body, { sent, deleting }]) => sent && !deleting && !present.has(body));
  const deleted = all.filter(([, message]) => message.deleted);
  const resurrected = deleted.filter(([body]) => present.has(body));
  console.log(
    `killed ${kills} times: ${acknowledged} sends acknowledged, ${deleted.length} deletes acknowledged, ` +
      `${present.size} messages present; lost ${lost.length}, came back ${resurrected.length + returned.length}`,
  );
  expect(lost).toEqual([]);
  expect(resurrected).toEqual([]);
  expect(returned).toEqual([]);
  expect(kills).toBeGreaterThan(1);
  expect(deleted.length).toBeGreaterThan(0);
});

function mark(messages: Map<string, Known>, body: string): Known {
  const known = messages.get(body);
  if (known === undefined) throw new Error(`nobody sent ${body}`);
  return known;
}

/** Takes everything out of the queue, and gives the bodies. */
async function drain(
  sqs: SQSClient,
  queueUrl: string,
  messages: Map<string, Known>,
): Promise<Set<string>> {
  const present = new Set<string>();
  // Messages that were in flight at the last kill are visible again after a second.
  for (let empty = 0; empty < 1; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 2,
      }),
    );
    if (Messages.length === 0) empty += 1;
    for (const { Body = '' } of Messages) {
      mark(messages, Body);
      present.add(Body);
    }
    if (Messages.length > 0) {
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: Messages.map(({ ReceiptHandle = '' }, index) => ({
            Id: `${index}`,
            ReceiptHandle,
          })),
        }),
      );
    }
  }
  return present;
}
