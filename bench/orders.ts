// What the outbox costs: the same route with and without it, on PGlite and on Postgres, in alternating pairs of runs; and
// whether the relay keeps up with a steady rate. The load comes from this process; the API with its relay, the engine and
// the database are processes of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { postgresMissing, startPostgres, type TestPostgres } from '../test/fixtures/postgres.ts';
import { connect } from './clients.ts';
import { type LoadResult, pace, saturate } from './orders-load.ts';
import type { OrdersJob } from './orders-server.ts';
import { cpuMicros } from './process-usage.ts';
import { median } from './report.ts';
import { startServer, stopServers } from './servers.ts';

const HELP = `Usage: npm run bench:orders -- [options]

  --databases <names>  pglite,postgres (default: what is installed)
  --runs <n>           pairs of runs (default: 7)
  --seconds <n>        seconds of each run (default: 3)
  --clients <n>        connections (default: 32)
  --rate <n>           orders a second of the steady load, 0 for none (default: 1000)
  --json               the samples as one JSON document
`;

const { values: flags } = parseArgs({
  options: {
    databases: { type: 'string', default: postgresMissing ? 'pglite' : 'pglite,postgres' },
    runs: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '32' },
    rate: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const SERVER = join(dirname(fileURLToPath(import.meta.url)), 'orders-server.mjs');
/** Seconds until code is compiled and caches are warm: the embedded database has much of it to compile. */
const WARM_UP: Readonly<Record<string, number>> = { pglite: 10, postgres: 3 };

interface Sample extends LoadResult {
  /** CPU time of the API's process for one order, in microseconds. */
  readonly cpuMicros: number;
}

interface Lag {
  readonly waiting: number;
  readonly oldest: number;
}

interface Api {
  readonly url: string;
  readonly pid: number;
  lag(): Promise<Lag>;
}

let postgres: TestPostgres | undefined;
let databases = 0;

async function withApi<T>(
  kind: string,
  announce: boolean,
  body: (api: Api) => Promise<T>,
): Promise<T> {
  const engine = await startServer('ephemeral');
  const clients = connect(engine.endpoint);
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-bench-orders-'));
  try {
    const { CreateTopicCommand } = await import('@aws-sdk/client-sns');
    const { TopicArn = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'bench' }));
    const url = kind === 'postgres' ? await freshDatabase() : undefined;
    const job: OrdersJob = { url, folder, announce, endpoint: engine.endpoint, topicArn: TopicArn };
    const execArgv = (process.env.PUBSUB_BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
    const child = fork(SERVER, [JSON.stringify(job)], { execArgv });
    const ended = once(child, 'exit');
    const [{ url: address }] = (await once(child, 'message')) as [{ url: string }];
    const result = await body({
      url: address,
      pid: child.pid ?? 0,
      lag: async () => {
        const answer = once(child, 'message') as Promise<[{ lag: Lag }]>;
        child.send('lag');
        const [{ lag }] = await answer;
        return lag;
      },
    });
    child.send('stop');
    await ended;
    return result;
  } finally {
    clients.close();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function freshDatabase(): Promise<string> {
  postgres ??= await startPostgres();
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  databases++;
  await client.query(`create database bench_${databases}`);
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = `/bench_${databases}`;
  return url.href;
}

async function measure({ url, pid }: Api): Promise<Sample> {
  const before = cpuMicros(pid);
  const result = await saturate(url, Number(flags.clients), Number(flags.seconds));
  const orders = result.perSecond * Number(flags.seconds);
  return { ...result, cpuMicros: (cpuMicros(pid) - before) / orders };
}

async function drained({ lag }: Api): Promise<void> {
  while ((await lag()).waiting > 0) await sleep(10);
}

/** The steady load: how far the relay is behind while it lasts, and how soon nothing waits after it. */
function keepUp(kind: string): Promise<Record<string, number>> {
  return withApi(kind, true, async (api) => {
    const { url, lag } = api;
    const rate = Number(flags.rate);
    await pace(url, rate, WARM_UP[kind] ?? 3, async () => {});
    const lags: Lag[] = [];
    const result = await pace(url, rate, 10, async () => void lags.push(await lag()));
    const ended = performance.now();
    await drained(api);
    const drainedAfter = (performance.now() - ended) / 1000;
    const ages = lags.map(({ oldest }) => oldest);
    return {
      ordersPerSecond: result.perSecond,
      p99: result.p99,
      failed: result.failed,
      medianLag: median(ages),
      worstLag: Math.max(...ages),
      drainedAfter,
    };
  });
}

/**
 * Both servers are there all the time, and only one of them has anything to do: what else the machine does meets both.
 */
function compare(kind: string): Promise<{ on: Sample[]; off: Sample[] }> {
  return withApi(kind, false, (off) =>
    withApi(kind, true, async (on) => {
      const apis = { on, off };
      const samples = { on: [] as Sample[], off: [] as Sample[] };
      for (const api of [off, on]) {
        await saturate(api.url, Number(flags.clients), WARM_UP[kind] ?? 3);
        await drained(on);
      }
      for (let run = 0; run < Number(flags.runs); run++) {
        for (const name of run % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const)) {
          const sample = await measure(apis[name]);
          await drained(on);
          samples[name].push(sample);
          process.stderr.write(
            `${kind}, outbox ${name}: ${sample.perSecond.toFixed(0)} orders/s, p99 ${sample.p99.toFixed(1)} ms, load ${loadavg()[0]?.toFixed(1)}\n`,
          );
        }
      }
      return samples;
    }),
  );
}

function line(name: string, samples: readonly Sample[], versus?: readonly Sample[]): string {
  const of = (all: readonly Sample[], pick: (sample: Sample) => number) => median(all.map(pick));
  const rate = of(samples, ({ perSecond }) => perSecond);
  // Of each pair, which followed each other: what the machine does besides changes from minute to minute.
  const costs = versus?.map(
    (without, run) => 1 - (samples[run]?.perSecond ?? 0) / without.perSecond,
  );
  const cells = [
    rate.toFixed(0),
    of(samples, ({ p50 }) => p50).toFixed(1),
    of(samples, ({ p99 }) => p99).toFixed(1),
    of(samples, (sample) => sample.cpuMicros).toFixed(0),
    costs ? `${(median(costs) * 100).toFixed(0)} %` : '',
  ];
  return `| ${name} | ${cells.join(' | ')} |`;
}

async function main(): Promise<void> {
  const all: Record<string, unknown> = {};
  const lines = [
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${flags.clients} connections, medians of ${flags.runs} runs of ${flags.seconds} s`,
    '',
    '| | orders/s | p50 ms | p99 ms | CPU µs/order | cost |',
    '|---|--:|--:|--:|--:|--:|',
  ];
  const steady: string[] = [];
  for (const kind of flags.databases.split(',')) {
    const samples = await compare(kind);
    const kept = Number(flags.rate) > 0 ? await keepUp(kind) : undefined;
    all[kind] = { ...samples, steady: kept };
    lines.push(line(`${kind}, no outbox`, samples.off));
    lines.push(line(`${kind}, outbox`, samples.on, samples.off));
    if (kept) {
      const { ordersPerSecond, p99, medianLag, worstLag, drainedAfter } = kept;
      steady.push(
        `${kind}, ${flags.rate} orders/s for 10 s: ${ordersPerSecond?.toFixed(0)}/s answered, p99 ${p99?.toFixed(1)} ms; oldest event ${medianLag?.toFixed(2)} s (worst ${worstLag?.toFixed(2)} s), none waiting ${drainedAfter?.toFixed(2)} s after`,
      );
    }
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(all)}\n`);
  else process.stdout.write(`${[...lines, '', ...steady].join('\n')}\n`);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    void Promise.all([stopServers(), postgres?.stop()]).finally(() => process.exit(1));
  });
}
if (flags.help) process.stdout.write(HELP);
else {
  try {
    await main();
  } finally {
    await postgres?.stop();
  }
}
