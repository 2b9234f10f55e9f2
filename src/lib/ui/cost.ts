import type { ChalkInstance } from 'chalk';
import type { CostLine } from '../cost/cost-line.ts';
import type { Estimate, FreeLine } from '../cost/estimate.ts';
import type { Workload } from '../cost/workload.ts';
import { databaseIn, type OrderDatabase } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { PRICE_REGION, PRICES } from '../rules/prices.ts';
import { shownDollars, shownFigure } from '../rules/text/shown-figure.ts';
import { multiplication } from './cost-figures.ts';
import { renderTable } from './table.ts';
import { wrapText } from './text-width.ts';

/** Columns beyond which lines become hard to read. */
const MAX_WIDTH = 110;
/** Columns from which on a multiplication has room beside its name. */
const MIN_BESIDE = 70;
const NAME_WIDTH = 21;
const NAMES_SHOWN = 3;
/** Parts in the order in which they are shown beside each other. */
const PARTS: readonly string[] = [
  ...['topic', 'queues', 'API', 'functions', 'containers', 'tables', 'database', 'logs', 'alarms'],
];

/** What was asked, and what came out. */
export interface CostReport {
  readonly topology: Topology;
  readonly request: {
    readonly events: number;
    readonly batch: number | undefined;
    readonly handlerMs: number;
    readonly architecture: string;
    readonly database?: OrderDatabase | undefined;
  };
  readonly workload: Workload;
  /** Whether the order API belongs to the topology. */
  readonly hasOrderApi: boolean;
  /** Never empty. */
  readonly estimates: readonly Estimate[];
  /** The same with full batches of 10, where no batch was given. */
  readonly full: readonly Estimate[] | undefined;
}

/** What is left out of an estimate. */
function notCounted({ hasOrderApi, estimates, request }: CostReport): string[] {
  const isServer = estimates.some(
    ({ style }) => style !== undefined && databaseIn(style, request.database) === 'postgres',
  );
  return [
    'failed messages and retries',
    'data transfer',
    'KMS',
    ...(hasOrderApi && isServer ? ['the Postgres server'] : []),
    'kept images and logs',
    ...(hasOrderApi ? ['reads of orders'] : []),
  ];
}

/** The lines of a report. */
export function renderCost(report: CostReport, style: ChalkInstance, columns: number): string[] {
  const { topology, request, workload, estimates, full } = report;
  const [only] = estimates;
  const sizes = [...new Set(workload.topics.map(({ bytes }) => shownFigure(bytes)))].join(', ');
  const dates = priceDates(estimates);
  const cheaper = full?.map(({ dollars }) => shownDollars(dollars)).join(', ');
  const wasDearer = full?.some(({ dollars }, at) => dollars < (estimates[at]?.dollars ?? 0));
  return [
    `${shownFigure(request.events)} events a month of ${sizes} bytes through ${topology.name}: ${counted(workload)}`,
    '',
    ...(estimates.length === 1 && only !== undefined
      ? renderEstimate(only, request.events, style, columns)
      : renderComparison(estimates, style)),
    ...(wasDearer ? [style.dim(`With full batches (--batch 10): ${cheaper} a month.`)] : []),
    '',
    style.dim(
      `Prices of ${PRICE_REGION}, ${dates}. Not counted: ${notCounted(report).join(', ')}.`,
    ),
    ...(only?.style === undefined
      ? [
          style.dim(
            `With ${report.hasOrderApi ? 'API and ' : ''}subscribers, as containers and as functions: --style all`,
          ),
        ]
      : []),
  ];
}

function counted({ topics, subscribers }: Workload): string {
  const some = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${some(topics.length, 'topic')}, ${some(subscribers.length, 'subscriber')}`;
}

/** The months of the prices that were used, from the oldest on, and whether some were compared with nothing. */
function priceDates(estimates: readonly Estimate[]): string {
  const used = estimates.flatMap(({ lines }) => lines.map(({ priced }) => PRICES[priced].asOf));
  const [first, ...rest] = [...new Set(used.filter((asOf) => asOf !== null))].sort();
  const dates = rest.length === 0 ? `of ${first}` : `of ${first} to ${rest.at(-1)}`;
  return used.includes(null) ? `${dates}, some not compared with a price list` : dates;
}

/** The document of `--json`: every factor of every line, with its price and where that is from. */
export function costDocument(report: CostReport) {
  const { topology, request, workload, estimates, full } = report;
  return {
    topology: topology.name,
    events: request.events,
    region: PRICE_REGION,
    handlerMs: request.handlerMs,
    architecture: request.architecture,
    topics: workload.topics.map(({ key, events, bytes }) => ({ name: key, events, bytes })),
    subscribers: workload.subscribers.map(({ spec, messages, bytes }) => ({
      name: spec.name,
      messages,
      bytes: Math.round(bytes),
    })),
    estimates: estimates.map((estimate, at) => ({
      style: estimate.style ?? null,
      lines: estimate.lines.map(({ priced, of, ...line }) => ({
        ...line,
        of: of.filter((name) => name !== ''),
        price: PRICES[priced],
      })),
      dollars: estimate.dollars,
      dollarsPerMillionEvents: (estimate.dollars / request.events) * 1e6,
      behind: estimate.behind,
      freeTier: estimate.free,
      dollarsAfterFreeTier: estimate.dollarsAfterFreeTier,
      dollarsWithFullBatches: full?.[at]?.dollars ?? null,
    })),
    notCounted: notCounted(report),
  };
}

/** One estimate: each part with its lines, the multiplication of each, and the totals. */
export function renderEstimate(
  { lines, dollars, free, dollarsAfterFreeTier }: Estimate,
  events: number,
  style: ChalkInstance,
  columns: number,
): string[] {
  const width = Math.min(columns, MAX_WIDTH);
  const parts = [...new Set(lines.map(({ part }) => part))];
  return [
    ...parts.flatMap((part) => {
      const own = lines.filter((line) => line.part === part);
      const total = own.reduce((sum, line) => sum + line.dollars, 0);
      return [
        style.bold(between(part, shownDollars(total), width)),
        ...own.flatMap((line) => renderLine(line, isShared(own, line), style, width)),
      ];
    }),
    style.bold(between('a month', shownDollars(dollars), width)),
    between('for a million events', shownDollars((dollars / events) * 1e6), width),
    ...(free.length === 0
      ? []
      : between('a month, less the free tier', shownDollars(dollarsAfterFreeTier), width).split(
          '\n',
        )),
    ...renderFree(free, style, width),
  ];
}

/** Whether a part has the same for others in another quantity: then it is said whom each line is for. */
function isShared(lines: readonly CostLine[], { what }: CostLine): boolean {
  return lines.filter((line) => line.what === what).length > 1;
}

/** Names as they fit into a line. */
function named(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  if (more <= 0) return names.join(', ');
  return `${names.slice(0, NAMES_SHOWN).join(', ')} and ${more} more`;
}

function renderLine(
  line: CostLine,
  isNamed: boolean,
  style: ChalkInstance,
  width: number,
): string[] {
  const formula = `${isNamed ? `${named(line.of)}: ` : ''}${multiplication(line)}`;
  const dollars = shownDollars(line.dollars);
  const room = width - NAME_WIDTH - dollars.length - 2;
  if (width >= MIN_BESIDE) {
    const rows = wrapText(formula, room);
    return rows.map((row, at) => {
      const name = at === 0 ? `  ${line.what}` : '';
      const result = at === rows.length - 1 ? `  ${dollars}` : '';
      return name.padEnd(NAME_WIDTH) + style.dim(result ? row.padEnd(room) : row) + result;
    });
  }
  return [
    between(`  ${line.what}`, dollars, width),
    ...wrapText(formula, Math.max(1, width - 4)).map((each) => `    ${style.dim(each)}`),
  ];
}

/** A text at the left and one at the right. */
function between(left: string, right: string, width: number): string {
  return left + right.padStart(Math.max(right.length + 1, width - left.length));
}

function renderFree(free: readonly FreeLine[], style: ChalkInstance, width: number): string[] {
  if (free.length === 0) return [];
  const names = free.map(
    ({ name, quantity, dollars }) => `${shownFigure(quantity)} ${name} −${shownDollars(dollars)}`,
  );
  return wrapText(names.join(', '), Math.max(1, width - 2)).map((each) => `  ${style.dim(each)}`);
}

/** Estimates beside each other: a row for each part, a column for each style. */
export function renderComparison(estimates: readonly Estimate[], style: ChalkInstance): string[] {
  const used = new Set(estimates.flatMap(({ lines }) => lines.map(({ part }) => part)));
  const parts = PARTS.filter((part) => used.has(part));
  const row = (label: string, values: readonly number[], paint?: (text: string) => string) => [
    { text: label, ...(paint && { paint }) },
    ...values.map((value) => ({
      text: value === 0 ? '–' : shownDollars(value),
      ...(paint && { paint }),
    })),
  ];
  const rows = parts.map((part) =>
    row(
      part,
      estimates.map(({ lines }) =>
        lines.reduce((sum, line) => sum + (line.part === part ? line.dollars : 0), 0),
      ),
    ),
  );
  return renderTable(
    [
      { heading: 'a month' },
      ...estimates.map(({ style: name }) => ({ heading: name ?? '', numeric: true })),
    ],
    [
      ...rows,
      row(
        'all',
        estimates.map(({ dollars }) => dollars),
        style.bold,
      ),
      row(
        'less free',
        estimates.map(({ dollarsAfterFreeTier }) => dollarsAfterFreeTier),
      ),
    ],
    style,
  );
}
