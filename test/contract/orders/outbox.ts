import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, vi } from 'vitest';
import { type EngineOptions, startEngine, type TestEngine } from '../../../src/engine.ts';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import type { Database } from '../../../src/lib/database/database.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { createOrderPublisher } from '../../../src/lib/orders/order-publisher.ts';
import { readOutboxStatus } from '../../../src/lib/outbox/outbox-status.ts';
import { type Relay, type RelayOptions, startRelay } from '../../../src/lib/outbox/relay.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { allowTopics } from '../../fixtures/sns-engine.ts';

/** An order database for one `describe`, empty before each test of it that calls `clear`. */
export interface TestOrders {
  readonly database: Database;
  /** The server's URL; undefined on PGlite. */
  readonly url: string | undefined;
  /** What another process would open: connections of its own on Postgres, the same database on PGlite. */
  another(): Promise<Database>;
  clear(): Promise<void>;
}

/** Opens an order database of one kind from `beforeAll` to `afterAll`. */
export function useOrders(kind: Database['kind']): TestOrders {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-orders-'));
  const opened: Database[] = [];
  let server: TestPostgres | undefined;
  const open = async (): Promise<Database> => {
    const database = await openOrderDatabase({ url: server?.url, folder });
    opened.push(database);
    return database;
  };
  beforeAll(async () => {
    if (kind === 'postgres') server = await startPostgres();
    else await putOrderDatabase(folder);
    await open();
  });
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const first = (): Database => {
    const [database] = opened;
    if (database === undefined) throw new Error('The database is there from beforeAll on.');
    return database;
  };
  return {
    get database() {
      return first();
    },
    get url() {
      return server?.url;
    },
    another: async () => (kind === 'postgres' ? open() : first()),
    clear: async () => {
      await first().query('truncate outbox');
    },
  };
}

/** Writes events into the outbox as the API does; their timestamps don't matter here. @returns their event ids. */
export async function writeEvents(
  database: Database,
  events: readonly { readonly orderId: number; readonly payload?: string }[],
): Promise<string[]> {
  const rows = events.map(({ orderId, payload }) => {
    const event_id = randomUUID();
    return { order_id: orderId, event_id, payload: payload ?? JSON.stringify({ event_id }) };
  });
  await database.query(
    `insert into outbox (order_id, event_id, event_type, payload)
     select order_id, event_id, 'order.created', payload
     from json_to_recordset($1::text::json) as r(order_id bigint, event_id uuid, payload text)`,
    [JSON.stringify(rows)],
  );
  return rows.map(({ event_id }) => event_id);
}

/** One event of so many orders each. */
export function ordersFrom(first: number, count: number): { orderId: number }[] {
  return Array.from({ length: count }, (_, index) => ({ orderId: first + index }));
}

/** An engine with a topic and a queue behind it. */
export interface TestBroker {
  readonly engine: TestEngine;
  readonly aws: Aws;
  readonly topicArn: string;
  /** Creates topic, queue and subscription; done by `startBroker` unless told otherwise. */
  setUp(): Promise<void>;
  /** Takes all messages; payloads in the order in which they arrived. */
  drain(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts an engine. @param options of it. @param name of topic and queue; one ending in `.fifo` makes both FIFO. */
export async function startBroker(
  options: EngineOptions & { readonly empty?: boolean; readonly name?: string } = {},
): Promise<TestBroker> {
  const { empty = false, name = 'orders', ...rest } = options;
  const engine = await startEngine(rest);
  const at = { endpointUrl: engine.endpoint, region: 'us-east-1' };
  const aws = await createAws(await resolveSettings(at, {}, '/'));
  const account = 'us-east-1:000000000000';
  const topicArn = `arn:aws:sns:${account}:${name}`;
  const queueArn = `arn:aws:sqs:${account}:${name}`;
  const fifo = name.endsWith('.fifo');
  const broker: TestBroker = {
    engine,
    aws,
    topicArn,
    setUp: () =>
      // The engine may be told to fail: patience.
      vi.waitFor(
        async () => {
          await aws.sns.send(
            new CreateTopicCommand({
              Name: name,
              ...(fifo ? { Attributes: { FifoTopic: 'true' } } : {}),
            }),
          );
          await aws.sqs.send(
            new CreateQueueCommand({
              QueueName: name,
              Attributes: { Policy: allowTopics(queueArn), ...(fifo ? { FifoQueue: 'true' } : {}) },
            }),
          );
          await aws.sns.send(
            new SubscribeCommand({
              TopicArn: topicArn,
              Protocol: 'sqs',
              Endpoint: queueArn,
              Attributes: { RawMessageDelivery: 'true' },
            }),
          );
        },
        { timeout: 20_000 },
      ),
    drain: async () => {
      const bodies: string[] = [];
      const QueueUrl = `${engine.endpoint}/000000000000/${name}`;
      for (let empties = 0; empties < 2; ) {
        const { Messages = [] } = await patiently(() =>
          aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })),
        );
        if (Messages.length === 0) {
          empties++;
          continue;
        }
        bodies.push(...Messages.map(({ Body = '' }) => Body));
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({
          Id: `${index}`,
          ReceiptHandle,
        }));
        await patiently(() => aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
      }
      return bodies;
    },
    stop: async () => {
      aws.close();
      await engine.stop();
    },
  };
  if (!empty) await broker.setUp();
  return broker;
}

/** Makes a call until it is answered: the engine may be told to fail, and what was received before must not be lost. */
function patiently<T>(send: () => Promise<T>): Promise<T> {
  return vi.waitFor(send, { timeout: 20_000 });
}

/** A relay with all that it told. */
export interface TestRelay extends Relay {
  readonly told: string[];
}

/** Starts a relay from a database to a topic. */
export function startTestRelay(
  database: Database,
  to: { readonly aws: Aws; readonly topicArn: string },
  options: Partial<RelayOptions> = {},
): TestRelay {
  const told: string[] = [];
  const relay = startRelay({
    database,
    publisher: createOrderPublisher(to),
    rest: 50,
    onTrouble: (what) => told.push(`${what} away`),
    onRecovered: (what) => told.push(`${what} back`),
    ...options,
  });
  return {
    told,
    wake: () => relay.wake(),
    trouble: relay.trouble,
    stop: (seconds) => relay.stop(seconds),
  };
}

/** Waits until nothing waits in the outbox. */
export async function outboxEmpty(database: Database): Promise<void> {
  await vi.waitFor(
    async () => {
      const status = await readOutboxStatus(database, 3);
      if (status.waiting > 0) throw new Error(JSON.stringify(status));
    },
    { timeout: 60_000, interval: 150 },
  );
}

/** The event ids of payloads that `writeEvents` made. */
export function eventIds(payloads: readonly string[]): string[] {
  return payloads.map((payload) => (JSON.parse(payload) as { event_id: string }).event_id);
}
