// `npm run bench:functions`: invocations a second and the first one beside a bare process, orders a second from the topic
// to the table with more and more waiting, and writes a second through the engine beside the library alone (and moto_server
// where it is installed): the same client, as many in flight, both on disk, in turns. It measures the built engine in
// processes of its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import * as lambdaApi from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ZipFile } from 'yazl';

const ACCOUNT = '000000000000';
const BACKLOGS = (process.env.PUBSUB_BENCH_BACKLOGS ?? '1000,10000,100000')
  .split(',')
  .filter(Boolean)
  .map(Number);
/** Puts of one turn, and turns of each contender. */
const PUTS = Number(process.env.PUBSUB_BENCH_PUTS ?? 1000);
const PUT_TURNS = 7;
const WARM_UP_PUTS = 2000;
const INVOCATIONS = 1000;
const IN_FLIGHT = 16;

const config = (endpoint) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
  maxAttempts: 1,
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const running = new Set();

async function started(command, args, endpoint) {
  const child = spawn(command, args, { stdio: 'ignore' });
  running.add(child);
  child.once('exit', () => running.delete(child));
  for (;;) {
    try {
      await fetch(endpoint);
      return child;
    } catch {
      await sleep(20);
    }
  }
}

async function stopped(child) {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function zip(text) {
  const file = new ZipFile();
  file.addBuffer(Buffer.from(text), 'index.mjs');
  file.end();
  const chunks = [];
  for await (const chunk of file.outputStream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Calls `work` so often, with several under way. @returns calls a second. */
async function rate(count, work, inFlight = IN_FLIGHT) {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return (count / (performance.now() - began)) * 1000;
}

const table = (TableName) =>
  new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });

/** A server with an empty table, whose code and client are warm. */
async function putContender(name, pid, endpoint) {
  const tables = new DynamoDBClient(config(endpoint));
  await tables.send(table('Puts'));
  for (;;) {
    const { Table } = await tables.send(new DescribeTableCommand({ TableName: 'Puts' }));
    if (Table.TableStatus === 'ACTIVE') break;
    await sleep(20);
  }
  let last = 0;
  const put = () => {
    last += 1;
    return tables.send(new PutItemCommand({ TableName: 'Puts', Item: { id: { S: `O${last}` } } }));
  };
  await rate(WARM_UP_PUTS, put);
  return { name, pid, put, rates: [], cpuMs: [] };
}

/** Puts into each contender's table in turns, so that all meet the same machine; medians of the turns. */
async function comparePuts(contenders) {
  for (let turn = 0; turn < PUT_TURNS; turn += 1) {
    for (const each of turn % 2 === 0 ? contenders : [...contenders].reverse()) {
      const cpuBefore = cpuSeconds(each.pid);
      each.rates.push(await rate(PUTS, each.put));
      each.cpuMs.push(((cpuSeconds(each.pid) - cpuBefore) / PUTS) * 1000);
    }
  }
  const [through, ...others] = contenders.map(({ name, rates, cpuMs }) => ({
    name,
    rate: median(rates),
    cpuMs: median(cpuMs),
  }));
  for (const { name, rate, cpuMs } of [through, ...others]) {
    console.log(
      `puts a second: ${rate.toFixed(0)} ${name}, ${cpuMs.toFixed(2)} ms CPU of its processes each`,
    );
  }
  for (const { name, rate, cpuMs } of others) {
    console.log(
      `through the engine: ${(through.rate / rate).toFixed(2)}× as many as ${name}, ${(through.cpuMs / cpuMs).toFixed(2)}× the CPU`,
    );
  }
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const HANDLER = `import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const tables = new DynamoDBClient({});
export const handler = async ({ Records }) => {
  await Promise.all(Records.map(({ body }) => tables.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: body } } }))));
};`;

async function invocations(lambda) {
  await lambda.send(
    new lambdaApi.CreateFunctionCommand({
      FunctionName: 'echo',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${ACCOUNT}:role/r`,
      Code: { ZipFile: await zip('export const handler = async (e) => e;') },
    }),
  );
  const invoke = () =>
    lambda.send(new lambdaApi.InvokeCommand({ FunctionName: 'echo', Payload: '{"a":1}' }));
  const began = performance.now();
  await invoke();
  const first = performance.now() - began;
  const bare = [];
  for (let n = 0; n < 5; n += 1) {
    const from = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    bare.push(performance.now() - from);
  }
  bare.sort((a, b) => a - b);
  const one = await rate(INVOCATIONS, invoke, 1);
  const four = await rate(INVOCATIONS, invoke, 4);
  console.log(
    `first invocation ${first.toFixed(0)} ms; a bare node process ${bare[2].toFixed(0)} ms`,
  );
  console.log(
    `warm invocations a second: ${one.toFixed(0)} one after the other, ${four.toFixed(0)} four at a time`,
  );
}

/** CPU seconds of a process and all that it has started, ended ones included; Linux alone tells ("stat", proc(5)). */
function cpuSeconds(root) {
  const TICKS_PER_SECOND = 100;
  const stats = new Map();
  for (const name of existsSync('/proc') ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
      stats.set(Number(name), { parent: Number(fields[1]), ticks });
    } catch {
      // It has ended.
    }
  }
  const belongs = (pid) => pid === root || (pid > 1 && belongs(stats.get(pid)?.parent ?? 0));
  const own = [...stats].filter(([pid]) => belongs(pid));
  return own.reduce((sum, [, { ticks }]) => sum + ticks, 0) / TICKS_PER_SECOND;
}

async function backlog({ lambda, sqs, sns, tables }, count) {
  const name = `orders-${count}`;
  const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arn,
  };
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { Policy: JSON.stringify({ Statement }), VisibilityTimeout: '120' },
    }),
  );
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const publish = (n) =>
    sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: Array.from({ length: 10 }, (_, i) => ({
          Id: `${i}`,
          Message: `${name}-${n}-${i}`,
        })),
      }),
    );
  await rate(count / 10, publish);
  const began = performance.now();
  const cpuBefore = cpuSeconds(engine.pid);
  const { UUID } = await lambda.send(
    new lambdaApi.CreateEventSourceMappingCommand({ EventSourceArn: arn, FunctionName: 'store' }),
  );
  for (;;) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const left =
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    if (left === 0) break;
    await sleep(50);
  }
  const seconds = (performance.now() - began) / 1000;
  const cpuMs = ((cpuSeconds(engine.pid) - cpuBefore) / count) * 1000;
  await lambda.send(new lambdaApi.DeleteEventSourceMappingCommand({ UUID }));
  let stored = 0;
  let ExclusiveStartKey;
  do {
    const page = await tables.send(
      new ScanCommand({ TableName: 'Orders', ExclusiveStartKey, Select: 'COUNT' }),
    );
    stored += page.Count;
    ({ LastEvaluatedKey: ExclusiveStartKey } = page);
  } while (ExclusiveStartKey);
  console.log(
    `${count} orders waiting: ${(count / seconds).toFixed(0)} a second into the table, ${((seconds / count) * 1000).toFixed(2)} ms each, of which ${cpuMs.toFixed(2)} ms CPU of engine, tables and functions; ${stored} in the table`,
  );
}

/** Puts through a fresh engine, beside the library that keeps its tables, as its own program, and moto_server. */
async function puts() {
  const start = async (name, command, args) => {
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    const child = await started(command, args(String(port)), own);
    return putContender(name, child.pid, own);
  };
  const contenders = [
    await start('through the engine', process.execPath, (port) => [
      ...['dist/engine.js', '--state-dir', join(folder, 'through'), '--port', port],
    ]),
    await start('the library alone', process.execPath, (port) => [
      ...['node_modules/dynalite/cli.js', '--path', join(folder, 'alone'), '--port', port],
      ...['--createTableMs', '0'],
    ]),
  ];
  if (spawnSync('moto_server', ['--help']).status === 0) {
    contenders.push(await start('moto_server', 'moto_server', (port) => ['-p', port]));
  }
  await comparePuts(contenders);
}

const folder = mkdtempSync(join(tmpdir(), 'pubsub-bench-functions-'));
const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const engine = await started(
  process.execPath,
  ['dist/engine.js', '--state-dir', folder, '--port', String(port)],
  endpoint,
);
try {
  const clients = {
    lambda: new lambdaApi.LambdaClient(config(endpoint)),
    sqs: new SQSClient(config(endpoint)),
    sns: new SNSClient(config(endpoint)),
    tables: new DynamoDBClient(config(endpoint)),
  };
  await invocations(clients.lambda);
  await clients.tables.send(table('Orders'));
  await clients.lambda.send(
    new lambdaApi.CreateFunctionCommand({
      FunctionName: 'store',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${ACCOUNT}:role/r`,
      Timeout: 60,
      Code: { ZipFile: await zip(HANDLER) },
    }),
  );
  for (const count of BACKLOGS) await backlog(clients, count);
  await stopped(engine);
  await puts();
} finally {
  await Promise.all([...running].map(stopped));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
