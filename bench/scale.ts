import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { type Clients, CONCURRENCY, connect } from './clients.ts';
import { repeat } from './measure.ts';
import { cpuMicros } from './process-usage.ts';
import { rawCalls } from './raw-calls.ts';
import { median } from './report.ts';
import { type RunningServer, startServer, stopServers } from './servers.ts';
import { createQueue, subscribeQueue } from './workloads.ts';

// `npm run bench:scale`: whether a call costs the same in a large state: deliveries of a topic with 1 to 1,000 queues, and
// round trips with 10 to 10,000 queues. CPU time of the durable engine, with calls written by hand.

const RUNS = Number(process.argv[2] ?? 3);
const DELIVERIES = 20_000;
const ROUND_TRIPS = 10_000;
/** Shares no factor with the numbers of queues, so that every queue has its turn. */
const STRIDE = 7919;

/** Does something so often, on all connections; it is told which time it is. */
async function times(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const step = async () => {
    const at = next;
    next += 1;
    await work(at);
    return 1;
  };
  await repeat(step, { calls: count, milliseconds: Number.POSITIVE_INFINITY });
}

async function cpuOf({ pid }: RunningServer, work: () => Promise<void>): Promise<number> {
  const before = cpuMicros(pid);
  await work();
  return cpuMicros(pid) - before;
}

/** What a row does once, after a warm-up of a quarter as many. */
interface Work {
  readonly count: number;
  readonly perCall: number;
  call(at: number): Promise<unknown>;
}

type Row = (clients: Clients, endpoint: string, queues: number) => Promise<Work>;

const deliveries: Row = async (clients, endpoint, queues) => {
  const { TopicArn = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'topic' }));
  await times(queues, (at) => subscribeQueue(clients, TopicArn, `queue-${at}`));
  const raw = rawCalls(endpoint);
  const count = Math.ceil(DELIVERIES / queues);
  return { count, perCall: queues, call: () => raw.publish(TopicArn) };
};

const roundTrips: Row = async (clients, endpoint, queues) => {
  const urls: string[] = [];
  await times(queues, async (at) => {
    urls[at] = await createQueue(clients, `queue-${at}`);
  });
  const raw = rawCalls(endpoint);
  const call = async (at: number) => {
    const url = urls[(at * STRIDE) % queues] ?? '';
    await raw.send(url);
    const handles = await raw.receiveTen(url);
    if (handles.length > 0) await raw.deleteAll(url, handles);
  };
  return { count: ROUND_TRIPS, perCall: 1, call };
};

async function measure(row: Row, queues: number): Promise<number> {
  const server = await startServer('durable');
  const clients = connect(server.endpoint);
  try {
    const { count, perCall, call } = await row(clients, server.endpoint, queues);
    await times(Math.max(CONCURRENCY, count / 4), call);
    return (await cpuOf(server, () => times(count, call))) / (count * perCall);
  } finally {
    clients.close();
    await server.stop();
  }
}

const ROWS: readonly (readonly [string, Row, number])[] = [
  ...[1, 10, 100, 1_000].map((n) => [`a delivery, topic of ${n} queues`, deliveries, n] as const),
  ...[10, 1_000, 10_000].map(
    (n) => [`send, receive, delete, of ${n} queues`, roundTrips, n] as const,
  ),
];

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => void stopServers().finally(() => process.exit(1)));
}
const samples = new Map(ROWS.map(([name]) => [name, [] as number[]]));
for (let run = 0; run < RUNS; run += 1) {
  for (const [name, row, queues] of ROWS) samples.get(name)?.push(await measure(row, queues));
}
process.stdout.write(`CPU time of the engine in microseconds, medians of ${RUNS} runs\n\n`);
for (const [name, values] of samples) {
  process.stdout.write(`${name.padEnd(44)} ${median(values).toFixed(0).padStart(6)}\n`);
}
process.exit(0);
