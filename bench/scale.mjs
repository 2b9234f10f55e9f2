// `npm run bench:scale`: whether a call costs the same in a large state: publishes to a topic of 1 to 1,000 queues, and sends
// and receives with 10 to 10,000 queues. CPU time of the engine, durable, with calls written by hand.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ENGINE = fileURLToPath(new URL('../dist/engine.js', import.meta.url));
const CONCURRENCY = 16;
const RUNS = Number(process.argv[2] ?? 3);
const DELIVERIES = 20_000;
const SENDS = 10_000;
const BODY = 'x'.repeat(1000);
/** Clock ticks a second of `/proc/<pid>/stat`. */
const TICKS_PER_SECOND = 100;
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startEngine() {
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-bench-scale-'));
  const port = await freePort();
  const args = [ENGINE, '--state-dir', stateDir, '--port', String(port), '--loose-timings'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const engine = { port, pid: child.pid };
  while (true) {
    try {
      await call(engine, 'sqs', { Action: 'ListQueues' });
      break;
    } catch {
      await sleep(20);
    }
  }
  return {
    ...engine,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

const VERSIONS = { sqs: '2012-11-05', sns: '2010-03-31' };

function call({ port }, service, input) {
  const body = new URLSearchParams({ Version: VERSIONS[service], ...input }).toString();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    authorization: `AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'a'.repeat(64)}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ port, agent, method: 'POST', path: '/', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${input.Action}: ${response.statusCode} ${text}`));
      });
    });
    sent.on('error', reject).end(body);
  });
}

async function inTurns(count, run) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const at = next;
      next += 1;
      await run(at);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

function cpuMicros(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

async function cpuOf({ pid }, work) {
  const before = cpuMicros(pid);
  await work();
  return cpuMicros(pid) - before;
}

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: '*',
  },
});
const urlOf = (at) => `http://127.0.0.1/000000000000/queue-${at}`;

function makeQueues(engine, count) {
  return inTurns(count, (at) =>
    call(engine, 'sqs', {
      Action: 'CreateQueue',
      QueueName: `queue-${at}`,
      'Attribute.1.Name': 'Policy',
      'Attribute.1.Value': POLICY,
    }),
  );
}

/** CPU time of a delivery, in microseconds, on a topic with so many queues. */
async function measurePublishes(engine, queues) {
  await makeQueues(engine, queues);
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:topic';
  await call(engine, 'sns', { Action: 'CreateTopic', Name: 'topic' });
  await inTurns(queues, (at) =>
    call(engine, 'sns', {
      Action: 'Subscribe',
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:us-east-1:000000000000:queue-${at}`,
    }),
  );
  const publish = (deliveries) =>
    inTurns(Math.ceil(deliveries / queues), () =>
      call(engine, 'sns', { Action: 'Publish', TopicArn, Message: BODY }),
    );
  await publish(DELIVERIES / 4);
  return (await cpuOf(engine, () => publish(DELIVERIES))) / DELIVERIES;
}

/** CPU time of a send, a receive and a delete, in microseconds, with so many queues. */
async function measureQueues(engine, queues) {
  await makeQueues(engine, queues);
  const roundTrip = async (at) => {
    const QueueUrl = urlOf((at * 7919) % queues);
    await call(engine, 'sqs', { Action: 'SendMessage', QueueUrl, MessageBody: BODY });
    const answer = await call(engine, 'sqs', { Action: 'ReceiveMessage', QueueUrl });
    const [, ReceiptHandle] = /<ReceiptHandle>([^<]+)/.exec(answer) ?? [];
    if (ReceiptHandle !== undefined) {
      await call(engine, 'sqs', { Action: 'DeleteMessage', QueueUrl, ReceiptHandle });
    }
  };
  await inTurns(SENDS / 4, roundTrip);
  return (await cpuOf(engine, () => inTurns(SENDS, roundTrip))) / SENDS;
}

const ROWS = [
  ...[1, 10, 100, 1_000].map((queues) => [
    `a delivery, topic of ${queues} queues`,
    measurePublishes,
    queues,
  ]),
  ...[10, 1_000, 10_000].map((queues) => [
    `send, receive, delete, of ${queues} queues`,
    measureQueues,
    queues,
  ]),
];
const samples = new Map(ROWS.map(([name]) => [name, []]));
for (let run = 0; run < RUNS; run += 1) {
  for (const [name, measure, queues] of ROWS) {
    const engine = await startEngine();
    try {
      samples.get(name).push(await measure(engine, queues));
    } finally {
      await engine.stop();
    }
  }
}
process.stdout.write(`CPU time of the engine in microseconds, medians of ${RUNS} runs\n\n`);
for (const [name, values] of samples) {
  const median = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  process.stdout.write(`${name.padEnd(44)} ${median.toFixed(0).padStart(6)}\n`);
}
process.exit(0);
