import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';
import { alive } from '../../../src/lib/process/alive.ts';
import { zip } from '../../fixtures/functions.ts';
import { createTable } from '../../fixtures/orders-table.ts';

/** How often something is killed: the engine, or the process of a function, by turns. */
const KILLS = Number(process.env.PUBSUB_PROOF_KILLS ?? 20);
const ACCOUNT = '000000000000';
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`;
const DEAD = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders-dead`;
/** Every so many orders is one that no try can store. */
const POISON_EVERY = 50;

/** Stores each order once, by a conditional write, and says which it could not store. */
const HANDLER = `import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const tables = new DynamoDBClient({});
export const handler = async ({ Records }) => {
  const outcomes = await Promise.allSettled(Records.map(async ({ body }) => {
    const { id, poison } = JSON.parse(body);
    if (poison) throw new Error('poison');
    await tables.send(new PutItemCommand({
      TableName: 'Orders',
      Item: { id: { S: id } },
      ConditionExpression: 'attribute_not_exists(id)',
    })).catch((error) => { if (!(error instanceof ConditionalCheckFailedException)) throw error; });
  }));
  return { batchItemFailures: Records.flatMap(({ messageId }, index) =>
    outcomes[index].status === 'rejected' ? [{ itemIdentifier: messageId }] : []) };
};`;

let stateDir: string;
beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-functions-kill-'));
});
afterAll(async () => {
  await stopBackground(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
});

function clientsOf(endpoint: string) {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    maxAttempts: 1,
  };
  return {
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    lambda: new LambdaClient(config),
    tables: new DynamoDBClient(config),
  };
}
type Clients = ReturnType<typeof clientsOf>;

async function setUp({ sns, sqs, lambda, tables }: Clients): Promise<string> {
  await createTable(tables, {
    TableName: 'Orders',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: QUEUE,
  };
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders-dead' }));
  await sqs.send(
    new CreateQueueCommand({
      QueueName: 'orders',
      Attributes: {
        VisibilityTimeout: '5',
        Policy: JSON.stringify({ Statement: statement }),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DEAD, maxReceiveCount: 5 }),
      },
    }),
  );
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'orders' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: QUEUE,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'store',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${ACCOUNT}:role/store`,
      Timeout: 5,
      Code: { ZipFile: await zip({ 'index.mjs': HANDLER }) },
    }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: QUEUE,
      FunctionName: 'store',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  return TopicArn;
}

/** The processes of functions that an engine runs. */
function functionProcesses(engine: number): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(engine), '-f', 'bootstraps/node.mjs']);
  return stdout.toString().split('\n').filter(Boolean).map(Number);
}

/** Orders whose publishing was acknowledged. */
class Orders {
  readonly published = new Set<string>();
  #next = 0;

  /** Publishes one batch. What isn't acknowledged may have been published or not: nobody counts it. */
  async publish({ sns }: Clients, TopicArn: string): Promise<void> {
    const orders = Array.from({ length: 10 }, () => {
      this.#next += 1;
      return { id: `O${this.#next}`, poison: this.#next % POISON_EVERY === 0 };
    });
    const { Successful = [] } = await sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: orders.map((order) => ({
          Id: order.id,
          Message: JSON.stringify(order),
        })),
      }),
    );
    for (const { Id = '' } of Successful) this.published.add(Id);
  }
}

async function stored({ tables }: Clients): Promise<string[]> {
  const ids: string[] = [];
  let ExclusiveStartKey: Record<string, { S: string }> | undefined;
  do {
    const page = await tables.send(new ScanCommand({ TableName: 'Orders', ExclusiveStartKey }));
    ids.push(...(page.Items ?? []).map(({ id }) => id?.S ?? ''));
    ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
  } while (ExclusiveStartKey !== undefined);
  return ids;
}

async function waiting({ sqs }: Clients, endpoint: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: `${endpoint}/${ACCOUNT}/orders`,
      AttributeNames: ['All'],
    }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

async function deadLetters({ sqs }: Clients, endpoint: string): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: `${endpoint}/${ACCOUNT}/orders-dead`,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 600,
      }),
    );
    if (Messages.length === 0) return ids;
    ids.push(...Messages.map(({ Body = '' }) => (JSON.parse(Body) as { id: string }).id));
  }
}

it('has every order in the table, or in the dead-letter queue, whatever is killed', {
  timeout: KILLS * 10_000 + 240_000,
}, async () => {
  let engine = await startInBackground({ stateDir, port: 0 });
  let clients = clientsOf(engine.endpoint);
  const TopicArn = await setUp(clients);
  const orders = new Orders();
  const killed = { engines: 0, functions: 0 };
  for (let kill = 0; kill < KILLS; kill += 1) {
    const life = { over: false };
    const publishing = (async () => {
      while (!life.over) await orders.publish(clients, TopicArn).catch(() => undefined);
    })();
    await expect.poll(() => functionProcesses(engine.pid).length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    const running = functionProcesses(engine.pid);
    if (kill % 2 === 0) {
      process.kill(engine.pid, 'SIGKILL');
      killed.engines += 1;
    } else {
      for (const pid of running.slice(0, 1)) process.kill(pid, 'SIGKILL');
      killed.functions += 1;
    }
    life.over = true;
    await publishing;
    if (kill % 2 === 0) {
      // No process of a function outlives its engine.
      await expect.poll(() => running.filter(isRunning)).toEqual([]);
      engine = await startInBackground({ stateDir, port: 0 });
      clients = clientsOf(engine.endpoint);
    }
  }
  await expect
    .poll(() => waiting(clients, engine.endpoint), { timeout: 200_000, interval: 200 })
    .toBe(0);
  const inTable = await stored(clients);
  const dead = await deadLetters(clients, engine.endpoint);
  const there = new Set([...inTable, ...dead]);
  const lost = [...orders.published].filter((id) => !there.has(id));
  console.log(
    `killed ${killed.engines} engines and ${killed.functions} functions: ${orders.published.size} orders acknowledged, ${inTable.length} in the table, ${dead.length} dead letters, ${lost.length} lost`,
  );
  expect(lost).toEqual([]);
  expect(new Set(inTable).size).toBe(inTable.length);
  expect(inTable.filter((id) => Number(id.slice(1)) % POISON_EVERY === 0)).toEqual([]);
});

/** Whether a process is there and no zombie that waits for its parent. */
function isRunning(pid: number): boolean {
  try {
    return alive(pid) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
