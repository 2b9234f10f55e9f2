// `npm run bench:tests`: what a project's tests cost on each test broker: the start, and 200 small tests with a reset after each.
// Every run is a process of its own; the brokers take turns.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

const HELP = `npm run bench:tests -- [flags]

  --tests N      tests of a suite (200)
  --runs N       runs of which the median counts (5)
  --brokers a,b  pubsub, fauxqs, moto (all that are installed; fauxqs by npm ci --prefix bench)
`;
const { values: flags } = parseArgs({
  options: {
    tests: { type: 'string', default: '200' },
    runs: { type: 'string', default: '5' },
    brokers: { type: 'string', default: 'pubsub,fauxqs,moto' },
    as: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const START_LIMIT_MS = 60_000;

const BROKERS = {
  async pubsub() {
    const { startEngine } = await import('../dist/embedded.js');
    return async () => {
      const engine = await startEngine({ port: 0 });
      return {
        endpoint: engine.endpoint,
        reset: () => engine.reset(),
        stop: () => engine.stop(),
      };
    };
  },
  async fauxqs() {
    const { startFauxqs } = await import('fauxqs');
    return async () => {
      const server = await startFauxqs({ port: 0, logger: false });
      return {
        endpoint: `http://127.0.0.1:${server.port}`,
        reset: async () => server.purgeAll(),
        stop: () => server.stop(),
      };
    };
  },
  async moto() {
    return async () => {
      const port = await freePort();
      const endpoint = `http://127.0.0.1:${port}`;
      const child = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
      const deadline = performance.now() + START_LIMIT_MS;
      while (!(await answers(endpoint)) && performance.now() < deadline) await sleep(10);
      return {
        endpoint,
        reset: () => fetch(`${endpoint}/moto-api/reset`, { method: 'POST' }),
        stop: async () => child.kill(),
      };
    };
  },
};

function answers(endpoint) {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** One test as a project has them: a fan-out of its own, an event, and what its consumer gets. */
async function smallTest({ sns, sqs }) {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'payments' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'ledger' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { QueueArn } = Attributes;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: QueueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    },
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn }));
  await sns.send(new PublishCommand({ TopicArn, Message: '{"amount":1}' }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  const [{ ReceiptHandle }] = Messages;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

/** One run on one broker: its figures in milliseconds on stdout. */
async function measureBroker(name) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const began = performance.now();
  const start = await BROKERS[name]();
  const imported = performance.now();
  const broker = await start();
  const { endpoint } = broker;
  // Asked without the SDK, whose first call costs more than any broker's.
  await (await fetch(`${endpoint}/?Action=ListQueues&Version=2012-11-05`)).text();
  const answered = performance.now();
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  const sns = new SNSClient({ endpoint, region: 'us-east-1', credentials });
  await sqs.send(new ListQueuesCommand({}));
  const ready = performance.now();
  for (let count = 0; count < Number(flags.tests); count += 1) {
    await smallTest({ sns, sqs });
    await broker.reset();
  }
  const ended = performance.now();
  sqs.destroy();
  sns.destroy();
  await broker.stop();
  const figures = {
    import: imported - began,
    'start to first answer': answered - imported,
    [`${flags.tests} tests`]: ended - ready,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exit(0);
}

function run(name) {
  const args = [fileURLToPath(import.meta.url), '--as', name, '--tests', flags.tests];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function isInstalled(name) {
  if (name === 'moto') return spawnSync('moto_server', ['--help']).error === undefined;
  if (name !== 'fauxqs') return true;
  return (
    spawnSync(process.execPath, ['-e', 'import("fauxqs")'], { cwd: import.meta.dirname }).status ===
    0
  );
}

function compare() {
  const names = flags.brokers.split(',').filter(isInstalled);
  const runs = new Map(names.map((name) => [name, []]));
  for (let count = 0; count < Number(flags.runs); count += 1) {
    const order = count % 2 === 0 ? names : [...names].reverse();
    for (const name of order) runs.get(name).push(run(name));
  }
  const rows = Object.keys(runs.get(names[0])[0]);
  process.stdout.write(
    `Milliseconds, medians of ${flags.runs} runs\n\n| | ${names.join(' | ')} |\n`,
  );
  process.stdout.write(`|---|${names.map(() => '---:').join('|')}|\n`);
  for (const row of rows) {
    const cells = names.map((name) => median(runs.get(name).map((each) => each[row])).toFixed(0));
    process.stdout.write(`| ${row} | ${cells.join(' | ')} |\n`);
  }
}

if (flags.help) process.stdout.write(HELP);
else if (flags.as !== undefined) await measureBroker(flags.as);
else compare();
