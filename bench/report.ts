import type { Sample } from './measure.ts';
import type { ServerName } from './servers.ts';

/** Samples of each run by row, then by server. */
export type Results = Map<string, Map<ServerName, Sample[]>>;

const TITLES: Record<ServerName, string> = {
  durable: 'pubsub, durable',
  ephemeral: 'pubsub, ephemeral',
  fauxqs: 'fauxqs 1.9.2',
  moto: 'moto_server',
  bare: 'bare node:http',
};

/** Lines of a row, in this order whichever ran first. */
const SERVERS = Object.keys(TITLES) as ServerName[];

/** The middle value; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of each figure over all runs. */
export function medians(samples: readonly Sample[]): Sample {
  const of = (pick: (sample: Sample) => number) => median(samples.map(pick));
  return {
    messagesPerSecond: of((sample) => sample.messagesPerSecond),
    cpuMicrosPerMessage: of((sample) => sample.cpuMicrosPerMessage),
    residentMiB: of((sample) => sample.residentMiB),
  };
}

function number(value: number, digits = 0): string {
  return Number.isFinite(value)
    ? value.toLocaleString('en-US', { maximumFractionDigits: digits })
    : '–';
}

const HEADER = [
  '',
  'server CPU µs/msg',
  'of fauxqs',
  'of bare',
  'msg/s',
  'of fauxqs',
  'of bare',
  'RSS MiB',
];

function line(server: ServerName, sample: Sample, bare?: Sample, fauxqs?: Sample): string[] {
  const ratio = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? '–' : `${number(a / b, 2)}×`;
  return [
    TITLES[server],
    number(sample.cpuMicrosPerMessage, 1),
    ratio(sample.cpuMicrosPerMessage, fauxqs?.cpuMicrosPerMessage),
    ratio(sample.cpuMicrosPerMessage, bare?.cpuMicrosPerMessage),
    number(sample.messagesPerSecond),
    ratio(sample.messagesPerSecond, fauxqs?.messagesPerSecond),
    ratio(sample.messagesPerSecond, bare?.messagesPerSecond),
    number(sample.residentMiB),
  ];
}

/** The table in Markdown: a block of lines for each row, medians of all runs. */
export function renderTable(results: Results): string {
  const blocks = [...results].map(([row, servers]) => {
    const of = (server: ServerName) => {
      const samples = servers.get(server);
      return samples === undefined ? undefined : medians(samples);
    };
    const lines = SERVERS.filter((server) => servers.has(server)).map((server) =>
      line(server, of(server) ?? medians([]), of('bare'), of('fauxqs')),
    );
    return [[`**${row}**`, ...HEADER.slice(1).map(() => '')], ...lines];
  });
  const cells = [HEADER, ...blocks.flat()];
  const widths = HEADER.map((_, at) => Math.max(3, ...cells.map((row) => row[at]?.length ?? 0)));
  const write = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [write(HEADER), rule, ...cells.slice(1).map(write)].join('\n');
}
