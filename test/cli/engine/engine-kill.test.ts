import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';

/** How long to go on killing, in milliseconds. */
const DURATION = Number(process.env.PUBSUB_KILL_TEST_SECONDS ?? 8) * 1000;

/** Calls under way at one time, of each kind. */
const SENDERS = 6;
const RECEIVERS = 3;

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:kill';
const POLICY = JSON.stringify({
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: QUEUE_ARN,
    },
  ],
});

/** What the clients know of one message. */
interface Known {
  sent: boolean;
  /** A call to delete it was made: until that is acknowledged, the message may be there or not. */
  deleting: boolean;
  deleted: boolean;
}

/** Everything that was sent, by body. */
class Ledger {
  readonly messages = new Map<string, Known>();
  /** Bodies that were received after their deletion had been acknowledged. */
  readonly returned: string[] = [];

  newBodies(count: number): string[] {
    const bodies = Array.from({ length: count }, (_, index) => `${this.messages.size + index}`);
    for (const body of bodies) {
      this.messages.set(body, { sent: false, deleting: false, deleted: false });
    }
    return bodies;
  }

  get({ Body = '' }: Message): Known {
    const known = this.messages.get(Body);
    if (known === undefined) throw new Error(`nobody sent ${Body}`);
    return known;
  }

  count(which: (known: Known) => boolean): number {
    return [...this.messages.values()].filter(which).length;
  }

  bodies(which: (known: Known, body: string) => boolean): string[] {
    return [...this.messages].filter(([body, known]) => which(known, body)).map(([body]) => body);
  }
}

/** The clients of one engine, from its start to its death. */
interface Clients {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly QueueUrl: string;
  readonly TopicArn: string;
}

let stateDir: string;

beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-kill-'));
});

afterAll(async () => {
  await stopBackground(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
});

it('loses nothing that it acknowledged, and brings nothing back, whenever it is killed', {
  timeout: DURATION + 300_000,
}, async () => {
  const ledger = new Ledger();
  const deadline = Date.now() + DURATION;
  let kills = 0;

  while (Date.now() < deadline) {
    const engine = await startInBackground({ stateDir, port: 0 });
    const clients = await connect(engine.endpoint);
    const life = { over: false };
    const calls = [
      ...Array.from({ length: SENDERS }, () => repeat(life, () => send(clients, ledger))),
      ...Array.from({ length: RECEIVERS }, () => repeat(life, () => receive(clients, ledger))),
    ];
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 400));
    life.over = true;
    process.kill(engine.pid, 'SIGKILL');
    kills += 1;
    await Promise.all(calls);
    clients.sqs.destroy();
    clients.sns.destroy();
  }
  const engine = await startInBackground({ stateDir, port: 0 });
  const present = await drain(await connect(engine.endpoint), ledger);

  const lost = ledger.bodies(({ sent, deleting }, body) => sent && !deleting && !present.has(body));
  const cameBack = [
    ...ledger.bodies(({ deleted }, body) => deleted && present.has(body)),
    ...ledger.returned,
  ];
  const sends = ledger.count(({ sent }) => sent);
  const deletes = ledger.count(({ deleted }) => deleted);
  console.log(
    `killed ${kills} times: ${sends} sends and ${deletes} deletes acknowledged, ${present.size} messages present, ${lost.length} lost, ${cameBack.length} came back`,
  );
  expect(lost).toEqual([]);
  expect(cameBack).toEqual([]);
  expect(kills).toBeGreaterThan(1);
  expect(deletes).toBeGreaterThan(0);
});

/** Makes queue, topic and subscription, or finds them as they were before the kill. */
async function connect(endpoint: string): Promise<Clients> {
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'kill',
      Attributes: { VisibilityTimeout: '1', Policy: POLICY },
    }),
  );
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'kill' }));
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QUEUE_ARN, Attributes }),
  );
  return { sqs, sns, QueueUrl, TopicArn };
}

/** The kill cuts calls short; before it, an error is an error. */
async function repeat(life: { over: boolean }, call: () => Promise<void>): Promise<void> {
  while (!life.over) {
    try {
      await call();
    } catch (error) {
      if (!life.over) throw error;
    }
  }
}

/** Sends one message, two through the topic, or three in a batch. */
async function send({ sqs, sns, QueueUrl, TopicArn }: Clients, ledger: Ledger): Promise<void> {
  const bodies = ledger.newBodies(1 + Math.floor(Math.random() * 3));
  const numbered = bodies.map((body, index) => ({ Id: `${index}`, body }));
  const [MessageBody = ''] = bodies;
  if (bodies.length === 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  } else if (bodies.length === 2) {
    const PublishBatchRequestEntries = numbered.map(({ Id, body }) => ({ Id, Message: body }));
    await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  } else {
    const Entries = numbered.map(({ Id, body }) => ({ Id, MessageBody: body }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  for (const Body of bodies) ledger.get({ Body }).sent = true;
}

/** Receives, and deletes most of what came. */
async function receive(clients: Clients, ledger: Ledger): Promise<void> {
  const { sqs, QueueUrl } = clients;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const message of Messages) {
    if (ledger.get(message).deleted) ledger.returned.push(message.Body ?? '');
  }
  const handled = Messages.filter(() => Math.random() < 0.7);
  if (handled.length === 0) return;
  for (const message of handled) ledger.get(message).deleting = true;
  await remove(clients, handled);
  for (const message of handled) ledger.get(message).deleted = true;
}

async function remove({ sqs, QueueUrl }: Clients, messages: readonly Message[]): Promise<void> {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  expect(Failed).toEqual([]);
}

/** Takes everything out of the queue, and gives the bodies. */
async function drain(clients: Clients, ledger: Ledger): Promise<Set<string>> {
  const { sqs, QueueUrl } = clients;
  const present = new Set<string>();
  for (;;) {
    // Messages that were in flight at the last kill are visible again after a second.
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
    );
    if (Messages.length === 0) return present;
    for (const message of Messages) {
      ledger.get(message);
      present.add(message.Body ?? '');
    }
    await remove(clients, Messages);
  }
}
