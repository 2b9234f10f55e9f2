import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Contender, enter, measure } from './measure.ts';
import { type Results, renderTable } from './report.ts';
import { isInstalled, type ServerName, startServer, stopServers } from './servers.ts';
import {
  PUBLISH,
  PUBLISH_BATCH,
  receiveAndDelete,
  SEND,
  SEND_BATCH,
  TooSlow,
  type Workload,
} from './workloads.ts';

const HELP = `npm run bench -- [flags]

Drives the engine and what it is compared with through the AWS SDK, side by side.

  --seconds N     length of a row for each server, in turns of a quarter of a second (2)
  --runs N        runs of which the median counts (2)
  --servers a,b   durable, ephemeral, fauxqs, moto, bare (all that are installed)
  --rows text     only rows whose name holds the text
  --backlogs a,b  backlogs of the receive rows: 0, 10k, 1m (all)
  --raw           calls written to the socket by hand in place of the SDK's: the client is no
                  longer the bound, so the servers differ by what they cost
  --json          every sample as JSON instead of a table

The server's CPU time for a message is the figure to go by: messages a second depend on what else
the machine does, and with the SDK on the client. Every server is warmed up by the same 4,000 calls
(moto_server by ten), written by hand in either case, and is idle while others have their turn. Rows of a million messages and moto_server are
measured in one run only. The full run takes about five minutes.
`;
const ALL: readonly ServerName[] = ['durable', 'ephemeral', 'fauxqs', 'moto', 'bare'];
/** A backlog from this size on takes half a minute to fill: it is measured in one run only. */
const LARGE = 100_000;

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    runs: { type: 'string', default: '2' },
    servers: { type: 'string', default: ALL.join(',') },
    rows: { type: 'string', default: '' },
    backlogs: { type: 'string', default: '0,10k,1m' },
    raw: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function parseBacklog(label: string): number {
  const found = /^(\d+)([km]?)$/.exec(label);
  if (found === null)
    throw new Error(`--backlogs takes numbers such as 0, 10k or 1m, not ${label}.`);
  return Number(found[1]) * (found[2] === 'k' ? 1e3 : found[2] === 'm' ? 1e6 : 1);
}

interface Row {
  readonly workload: Workload;
  readonly backlog: number;
}

/** The rows for a server; a slow server gets fewer messages to take from a queue. */
function rowsFor(server: ServerName): Row[] {
  const spare = server === 'moto' ? 500 : 120_000;
  const receive = flags.backlogs.split(',').map((label) => {
    const backlog = parseBacklog(label);
    const filled = server === 'bare' ? 0 : backlog;
    return { workload: receiveAndDelete(label, filled, spare), backlog };
  });
  const rows = [
    ...[SEND, SEND_BATCH, PUBLISH, PUBLISH_BATCH].map((workload) => ({ workload, backlog: 0 })),
    ...receive,
  ];
  return rows.filter(({ workload }) => workload.name.includes(flags.rows));
}

/** Starts a server for a row and enters it; undefined where it is left out, which is said. */
async function contend(server: ServerName, { workload }: Row): Promise<Contender | undefined> {
  const running = await startServer(server);
  try {
    process.stderr.write(`${server} … `);
    return await enter(server, running, workload, flags.raw);
  } catch (error) {
    await running.stop();
    if (!(error instanceof TooSlow)) throw error;
    process.stderr.write(`left out: ${error.message}\n`);
    return undefined;
  }
}

/** All servers in turns on one row. */
async function measureRow(servers: readonly ServerName[], at: number, results: Results) {
  const contenders: Contender[] = [];
  const [first] = servers.flatMap((server) => rowsFor(server)[at] ?? []);
  if (first === undefined) return;
  const { name } = first.workload;
  try {
    process.stderr.write(`${name}: `);
    for (const server of servers) {
      const row = rowsFor(server)[at];
      const contender = row && (await contend(server, row));
      if (contender !== undefined) contenders.push(contender);
    }
    const samples = await measure(contenders, Number(flags.seconds));
    const row = results.get(name) ?? new Map();
    results.set(name, row);
    for (const [server, sample] of samples) {
      row.set(server, [...(row.get(server) ?? []), sample]);
      process.stderr.write(`${server} ${Math.round(sample.messagesPerSecond)} msg/s  `);
    }
    process.stderr.write('\n');
  } finally {
    for (const { close, server } of contenders) {
      close();
      await server.stop();
    }
  }
}

/** Rows one after the other; the order of the servers turns with the run. */
async function measureRun(servers: readonly ServerName[], run: number, results: Results) {
  const order = run % 2 === 0 ? servers : [...servers].reverse();
  for (const [at, { backlog }] of rowsFor('bare').entries()) {
    if (backlog > LARGE && run > 0) continue;
    // moto_server takes some hundred messages a second: a backlog would take too long to fill.
    const able = order.filter((server) => server !== 'moto' || (backlog === 0 && run === 0));
    await measureRow(able, at, results);
  }
}

function reasonToLeaveOut(server: ServerName): string | undefined {
  if (!isInstalled(server)) return 'it is not installed';
  return flags.raw && server === 'moto' ? 'it takes calls from the SDK only' : undefined;
}

async function main(): Promise<void> {
  if (flags.help) {
    process.stdout.write(HELP);
    return;
  }
  const wanted = flags.servers.split(',');
  const chosen = ALL.filter((server) => wanted.includes(server));
  const servers = chosen.filter((server) => {
    const reason = reasonToLeaveOut(server);
    if (reason !== undefined) process.stderr.write(`${server} is left out: ${reason}\n`);
    return reason === undefined;
  });
  const results: Results = new Map();
  for (let run = 0; run < Number(flags.runs); run += 1) {
    await measureRun(servers, run, results);
  }
  const processor = cpus()[0]?.model ?? 'unknown processor';
  if (flags.json) {
    const rows = [...results].map(([row, servers]) => [row, Object.fromEntries(servers)]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(rows))}\n`);
  } else {
    process.stdout.write(
      `Node ${process.version}, ${cpus().length} × ${processor}; ${flags.raw ? 'calls by hand' : 'AWS SDK'}; medians of ${flags.runs} runs\n\n${renderTable(results)}\n`,
    );
  }
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => void stopServers().finally(() => process.exit(1)));
}
await main();
