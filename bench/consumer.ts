import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { createOrderEvent, sampleOrder, serializeOrderEvent } from '../test/fixtures/orders.ts';
import { BATCH } from './calls.ts';
import { type Clients, connect } from './clients.ts';
import type { Job, JobResult } from './contender.ts';
import { median } from './report.ts';
import { startServer, stopServers } from './servers.ts';

const HELP = `npm run bench:consumer -- [flags]

Drains and publishes the same events with pubsub, with sqs-consumer (batchSize 10,
handleMessageBatch, one instance for ten handlers at once) and with loops by hand over the SDK,
each in a process of its own beside an engine in another, in turn.

  --events N    events of a run (10000)
  --runs N      runs of which the median counts (5)
  --rows text   only rows whose name holds the text
  --memory N    drain N events with pubsub and show its memory, instead (try 200000 or 1000000)
  --json        every sample as JSON

CPU time is the figure to go by on a busy machine: with handlers that return at once all of them
are bound by it.
`;

interface Row {
  readonly name: string;
  readonly kind: Job['kind'];
  readonly loops: number;
  readonly handlerMs: Job['handlerMs'];
  readonly contenders: readonly string[];
}

const DRAINERS = ['pubsub', 'sqs-consumer', 'bare SDK'];
const ROWS: readonly Row[] = [
  ...[1, 4].flatMap((loops) =>
    [0, 20].map((handlerMs) => ({
      name: `drain, ${loops * BATCH} handlers of ${handlerMs} ms`,
      kind: 'drain' as const,
      loops,
      handlerMs,
      contenders: DRAINERS,
    })),
  ),
  {
    name: 'drain, 10 handlers of 2 ms, one in ten of 50 ms',
    kind: 'drain',
    loops: 1,
    handlerMs: { usual: 2, slow: 50, every: 10 },
    contenders: DRAINERS,
  },
  { name: 'publish', kind: 'publish', loops: 1, handlerMs: 0, contenders: ['pubsub', 'bare SDK'] },
];

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: '' },
    memory: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const CONTENDER = join(dirname(fileURLToPath(import.meta.url)), 'contender.mjs');
/** Batches in flight while a queue is filled. */
const FILLERS = 16;

async function createQueue({ sqs }: Clients): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'bench', Attributes: { VisibilityTimeout: '600' } }),
  );
  return QueueUrl;
}

/** A body as SNS puts it into a queue. */
function body(index: number): string {
  const event = createOrderEvent('order.created', sampleOrder(index));
  return JSON.stringify({
    Type: 'Notification',
    MessageId: event.event_id,
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:bench',
    Subject: 'Order Event: order.created',
    Message: serializeOrderEvent(event),
    Timestamp: event.timestamp,
    SignatureVersion: '1',
    Signature: 'x'.repeat(344),
    SigningCertURL: 'http://127.0.0.1/cert.pem',
    UnsubscribeURL: 'http://127.0.0.1/?Action=Unsubscribe',
    MessageAttributes: { event_type: { Type: 'String', Value: event.event_type } },
  });
}

async function fill({ sqs }: Clients, QueueUrl: string, messages: number): Promise<void> {
  let next = 0;
  const filler = async (): Promise<void> => {
    while (next < messages) {
      const count = Math.min(BATCH, messages - next);
      const Entries = Array.from({ length: count }, (_, at) => ({
        Id: `${at}`,
        MessageBody: body(next + at),
      }));
      next += count;
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: FILLERS }, filler));
}

async function perform(job: Job): Promise<JobResult> {
  const node = (process.env.PUBSUB_BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
  const execArgv = flags.memory === undefined ? node : [...node, '--expose-gc'];
  const child = fork(CONTENDER, [JSON.stringify(job)], { execArgv });
  const answer = once(child, 'message') as Promise<[JobResult]>;
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`${job.contender} ended with ${code}`);
  });
  const [[result]] = await Promise.all([answer, ended]);
  return result;
}

/** One contender on a fresh server. */
async function measure(row: Row, contender: string, messages: number): Promise<JobResult> {
  const server = await startServer('ephemeral');
  const clients = connect(server.endpoint);
  try {
    const { kind, loops, handlerMs } = row;
    let place: string;
    if (kind === 'publish') {
      place = (await clients.sns.send(new CreateTopicCommand({ Name: 'bench' }))).TopicArn ?? '';
    } else {
      place = await createQueue(clients);
      await fill(clients, place, messages);
    }
    const { endpoint } = server;
    return await perform({ kind, contender, endpoint, place, messages, loops, handlerMs });
  } finally {
    clients.close();
    await server.stop();
  }
}

async function compare(): Promise<void> {
  const messages = Number(flags.events);
  const all: Record<string, Record<string, JobResult[]>> = {};
  for (const row of ROWS.filter(({ name }) => name.includes(flags.rows))) {
    const samples: Record<string, JobResult[]> = {};
    for (let run = 0; run < Number(flags.runs); run++) {
      const order = run % 2 === 0 ? row.contenders : [...row.contenders].reverse();
      for (const contender of order) {
        const result = await measure(row, contender, messages);
        samples[contender] = [...(samples[contender] ?? []), result];
        process.stderr.write(`${row.name}: ${contender} ${Math.round(result.ms)} ms\n`);
      }
    }
    all[row.name] = samples;
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(all)}\n`);
  else for (const line of table(all, messages)) process.stdout.write(`${line}\n`);
}

function table(all: Record<string, Record<string, JobResult[]>>, messages: number): string[] {
  const lines = [
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${messages} events, medians of ${flags.runs} runs`,
    '',
    '| | ms | events/s | CPU µs/event | RSS MiB | pubsub is faster | with less CPU |',
    '|---|--:|--:|--:|--:|--:|--:|',
  ];
  for (const [name, samples] of Object.entries(all)) {
    lines.push(`| **${name}** | | | | | | |`);
    const of = (contender: string, pick: (result: JobResult) => number): number =>
      median((samples[contender] ?? []).map(pick));
    for (const contender of Object.keys(samples)) {
      const ms = of(contender, (result) => result.ms);
      const cpu = of(contender, (result) => result.cpuMs);
      const rss = of(contender, (result) => result.maxRssMiB);
      const faster = (ms / of('pubsub', (result) => result.ms)).toFixed(2);
      const leaner = (cpu / of('pubsub', (result) => result.cpuMs)).toFixed(2);
      const rate = Math.round((messages / ms) * 1000);
      const each = ((cpu / messages) * 1000).toFixed(0);
      lines.push(
        `| ${contender} | ${ms.toFixed(0)} | ${rate} | ${each} | ${rss.toFixed(0)} | ${faster}× | ${leaner}× |`,
      );
    }
  }
  return lines;
}

/** Drains one large queue and shows what stays in memory. */
async function showMemory(messages: number): Promise<void> {
  const row: Row = { name: 'memory', kind: 'drain', loops: 1, handlerMs: 0, contenders: [] };
  const { memory, ms } = await measure(row, 'pubsub', messages);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(memory)}\n`);
    return;
  }
  const step = Math.max(1, Math.floor(memory.length / 20));
  process.stdout.write('| events | RSS MiB | heap MiB |\n|--:|--:|--:|\n');
  for (const [at, { messages: handled, rss, heap }] of memory.entries()) {
    if (at % step !== 0 && at !== memory.length - 1) continue;
    process.stdout.write(`| ${handled} | ${rss.toFixed(1)} | ${heap.toFixed(1)} |\n`);
  }
  const [first, last] = [memory[0], memory.at(-1)];
  const growth = (last?.rss ?? Number.NaN) - (first?.rss ?? Number.NaN);
  const heap = (last?.heap ?? Number.NaN) - (first?.heap ?? Number.NaN);
  process.stdout.write(
    `\nFrom the first 10,000 on: RSS ${growth.toFixed(1)} MiB, heap ${heap.toFixed(1)} MiB; ${Math.round((messages / ms) * 1000)} events/s\n`,
  );
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => void stopServers().finally(() => process.exit(1)));
}
if (flags.help) process.stdout.write(HELP);
else if (flags.memory === undefined) await compare();
else await showMemory(Number(flags.memory));
