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

const KILLS = Number(process.env.PUBSUB_PROOF_KILLS ?? 12);

/** The most calls that an engine answers before it is killed. */
const MAX_CALLS = 200;

/** Calls under way at one time, of each kind. */
const SENDERS = 6;
const RECEIVERS = 3;

/** The topic's queues, two of a kind: what those share of a message is written once, and their messages with it. */
const QUEUES = ['kill-raw-1', 'kill-raw-2', 'kill-envelope-1', 'kill-envelope-2'];

const POLICY = JSON.stringify({
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: '*',
    },
  ],
});

/** What the clients know of one message in one queue. */
interface Known {
  sent: boolean;
  /** A call to delete it was made: until that is acknowledged, the message may be there or not. */
  deleting: boolean;
  deleted: boolean;
}

/** Everything that was sent, by queue and body. */
class Ledger {
  readonly messages = new Map<string, Known>();
  /** What was received after its deletion had been acknowledged. */
  readonly returned: string[] = [];
  #bodies = 0;

  /** Bodies that nobody sent before, to some queues. */
  newBodies(count: number, queues: readonly string[]): string[] {
    return Array.from({ length: count }, () => {
      const body = `${this.#bodies++}`;
      for (const queue of queues) {
        this.messages.set(`${queue} ${body}`, { sent: false, deleting: false, deleted: false });
      }
      return body;
    });
  }

  get(queue: string, body: string): Known {
    const known = this.messages.get(`${queue} ${body}`);
    if (known === undefined) throw new Error(`nobody sent ${body} to ${queue}`);
    return known;
  }

  count(which: (known: Known) => boolean): number {
    return [...this.messages.values()].filter(which).length;
  }

  names(which: (known: Known, name: string) => boolean): string[] {
    return [...this.messages].filter(([name, known]) => which(known, name)).map(([name]) => name);
  }
}

/** The clients of one engine, from its start to its death. */
interface Clients {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  /** By name. */
  readonly queueUrls: ReadonlyMap<string, string>;
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
  timeout: KILLS * 60_000,
}, async () => {
  const ledger = new Ledger();

  for (let kills = 0; kills < KILLS; kills += 1) {
    const engine = await startInBackground({ stateDir, port: 0 });
    const clients = await connect(engine.endpoint);
    const life = { over: false, calls: 0 };
    const calls = [
      ...Array.from({ length: SENDERS }, () => repeat(life, () => send(clients, ledger))),
      ...Array.from({ length: RECEIVERS }, () => repeat(life, () => receive(clients, ledger))),
    ];
    const enough = Math.random() * MAX_CALLS;
    await expect.poll(() => life.calls, { interval: 1, timeout: 50_000 }).toBeGreaterThan(enough);
    life.over = true;
    process.kill(engine.pid, 'SIGKILL');
    await Promise.all(calls);
    clients.sqs.destroy();
    clients.sns.destroy();
  }
  const engine = await startInBackground({ stateDir, port: 0 });
  const present = await drain(await connect(engine.endpoint), ledger);

  const lost = ledger.names(({ sent, deleting }, name) => sent && !deleting && !present.has(name));
  const cameBack = [
    ...ledger.names(({ deleted }, name) => deleted && present.has(name)),
    ...ledger.returned,
  ];
  const sends = ledger.count(({ sent }) => sent);
  const deletes = ledger.count(({ deleted }) => deleted);
  console.log(
    `killed ${KILLS} times: ${sends} sends and ${deletes} deletes acknowledged, ${present.size} messages present, ${lost.length} lost, ${cameBack.length} came back`,
  );
  expect(lost).toEqual([]);
  expect(cameBack).toEqual([]);
  expect(deletes).toBeGreaterThan(0);
});

/** Makes queues, topic and subscriptions, or finds them as they were before the kill. */
async function connect(endpoint: string): Promise<Clients> {
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'kill' }));
  const queueUrls = new Map<string, string>();
  for (const QueueName of QUEUES) {
    const Attributes = { VisibilityTimeout: '1', Policy: POLICY };
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    queueUrls.set(QueueName, QueueUrl);
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:us-east-1:000000000000:${QueueName}`,
        Attributes: { RawMessageDelivery: `${QueueName.includes('raw')}` },
      }),
    );
  }
  return { sqs, sns, queueUrls, TopicArn };
}

/** The kill cuts calls short; before it, an error is an error. */
async function repeat(
  life: { over: boolean; calls: number },
  call: () => Promise<void>,
): Promise<void> {
  while (!life.over) {
    try {
      await call();
      life.calls += 1;
    } catch (error) {
      if (!life.over) throw error;
    }
  }
}

/** Sends one message or three to a queue, or two through the topic to all of them. */
async function send({ sqs, sns, queueUrls, TopicArn }: Clients, ledger: Ledger): Promise<void> {
  const count = 1 + Math.floor(Math.random() * 3);
  const queue = anyQueue();
  const QueueUrl = queueUrls.get(queue);
  const queues = count === 2 ? QUEUES : [queue];
  const bodies = ledger.newBodies(count, queues);
  const numbered = bodies.map((body, index) => ({ Id: `${index}`, body }));
  const [MessageBody = ''] = bodies;
  if (count === 1) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  } else if (count === 2) {
    const PublishBatchRequestEntries = numbered.map(({ Id, body }) => ({ Id, Message: body }));
    await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  } else {
    const Entries = numbered.map(({ Id, body }) => ({ Id, MessageBody: body }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  for (const body of bodies) for (const name of queues) ledger.get(name, body).sent = true;
}

function anyQueue(): string {
  return QUEUES[Math.floor(Math.random() * QUEUES.length)] ?? '';
}

/** What was sent or published. */
function bodyOf({ Body = '' }: Message): string {
  return Body.startsWith('{') ? JSON.parse(Body).Message : Body;
}

/** Receives from a queue, and deletes most of what came. */
async function receive(clients: Clients, ledger: Ledger): Promise<void> {
  const queue = anyQueue();
  const QueueUrl = clients.queueUrls.get(queue);
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const message of Messages) {
    const body = bodyOf(message);
    if (ledger.get(queue, body).deleted) ledger.returned.push(`${queue} ${body}`);
  }
  const handled = Messages.filter(() => Math.random() < 0.7);
  if (handled.length === 0) return;
  for (const message of handled) ledger.get(queue, bodyOf(message)).deleting = true;
  await remove(clients, QueueUrl, handled);
  for (const message of handled) ledger.get(queue, bodyOf(message)).deleted = true;
}

async function remove(
  { sqs }: Clients,
  QueueUrl: string | undefined,
  messages: readonly Message[],
): Promise<void> {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  expect(Failed).toEqual([]);
}

/** Takes everything out of the queues, and gives what was there, by queue and body. */
async function drain(clients: Clients, ledger: Ledger): Promise<Set<string>> {
  const present = new Set<string>();
  const take = async (queue: string, QueueUrl: string) => {
    for (;;) {
      // Messages that were in flight at the last kill are visible again after a second.
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
      );
      if (Messages.length === 0) return;
      for (const message of Messages) {
        const body = bodyOf(message);
        ledger.get(queue, body);
        present.add(`${queue} ${body}`);
      }
      await remove(clients, QueueUrl, Messages);
    }
  };
  await Promise.all([...clients.queueUrls].map(([queue, url]) => take(queue, url)));
  return present;
}
