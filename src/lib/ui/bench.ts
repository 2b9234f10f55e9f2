import type { ChalkInstance } from 'chalk';
import { type BenchResult, compareBench } from '../bench/bench-result.ts';
import { grouped } from './numbers.ts';
import { renderTable } from './table.ts';

type Row = readonly [label: string, value: string, unit: string, figure?: string];

/** The lines of a benchmark's result, beside an earlier one where there is one; at most 80 columns. */
export function renderBench(
  result: BenchResult,
  before: BenchResult | undefined,
  style: ChalkInstance,
): string[] {
  const ratios = before === undefined ? {} : compareBench(result, before);
  const rows = rowsOf(result).map(([label, value, unit, figure]) => {
    const found = figure === undefined ? undefined : ratios[figure];
    const compared =
      before === undefined
        ? []
        : [
            { text: found === undefined ? '' : shown(found.before) },
            { text: found === undefined ? '' : `${found.ratio.toFixed(2)}×` },
          ];
    return [{ text: label }, { text: value }, ...compared, { text: unit, paint: style.dim }];
  });
  const columns = [
    { heading: 'measure' },
    { heading: 'now', numeric: true },
    ...(before === undefined
      ? []
      : [
          { heading: 'before', numeric: true },
          { heading: 'ratio', numeric: true },
        ]),
    { heading: '' },
  ];
  const actions = Object.entries(result.requests.byAction).map(
    ([action, count]) => `${action} ${grouped(count)}`,
  );
  return [
    `${grouped(result.events)} events, ${result.subscribers} subscribers, ${result.concurrency} handlers at once each`,
    '',
    ...renderTable(columns, rows, style).map((line) => line.trimEnd()),
    '',
    ...['Requests of this run:', ...actions.map((action) => `  ${action}`)].map((line) =>
      style.dim(line),
    ),
    style.dim(
      `Prices: ${result.cost.region}, ${result.cost.pricesAsOf}, standard topic and queues, no free tier.`,
    ),
  ];
}

function rowsOf(result: BenchResult): readonly Row[] {
  const { publish, endToEnd, latencyMs: latency, requests, cost, memory } = result;
  return [
    ['published', grouped(publish.perSecond), 'events/s', 'publishPerSecond'],
    ['end to end', grouped(endToEnd.perSecond), 'events/s, all subscribers', 'endToEndPerSecond'],
    ['latency p50', shown(latency.p50), 'ms, publish to handled', 'latencyP50'],
    ['latency p90', shown(latency.p90), 'ms', 'latencyP90'],
    ['latency p99', shown(latency.p99), 'ms', 'latencyP99'],
    ['latency max', shown(latency.max), 'ms', 'latencyMax'],
    ['duplicates', grouped(result.duplicates), 'deliveries'],
    ['out of order', grouped(result.outOfOrder), 'deliveries'],
    ['missing', grouped(result.missing), 'deliveries'],
    [
      'billed requests',
      shown(requests.perThousandEvents),
      'for 1,000 events',
      'requestsPerThousandEvents',
    ],
    [
      'cost on AWS',
      shown(cost.dollarsPerMillionEvents),
      'US$ for a million events',
      'dollarsPerMillionEvents',
    ],
    ['memory', shown(memory.peakRssMiB), 'MiB at the most', 'peakRssMiB'],
  ];
}

function shown(value: number): string {
  return value >= 1000 ? grouped(value) : String(value);
}
