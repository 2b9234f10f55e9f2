import type { ChalkInstance } from 'chalk';
import type { SubscriberStatus } from '../diagnose/status/status.ts';
import type {
  RateSeries,
  StatusHistory,
  SubscriberRates,
} from '../diagnose/status/status-rates.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { shownCount, shownRate } from './numbers.ts';
import { sparkline } from './sparkline.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { cutText } from './text-width.ts';

/** Widths of a sparkline, in characters. */
const SPARK = { least: 8, most: 40 } as const;
const GAP = 2;

/** A subscriber with what was worked out about it. */
interface Row {
  readonly status: SubscriberStatus;
  readonly rates: SubscriberRates | undefined;
  readonly series: RateSeries | undefined;
}

interface BoardColumn extends Column {
  /** 1 goes last when it gets narrow. */
  readonly rank: number;
  /** Takes what room is left over. */
  readonly spark?: boolean;
  cell(row: Row, style: ChalkInstance, width: number): Cell;
}

const COLUMNS: readonly BoardColumn[] = [
  { heading: 'subscriber', rank: 1, cell: ({ status }, style) => nameCell(status, style) },
  { heading: 'depth', numeric: true, rank: 2, cell: ({ status }) => count(status.depth) },
  { heading: 'flight', numeric: true, rank: 5, cell: ({ status }) => count(status.inFlight) },
  { heading: 'oldest', numeric: true, rank: 4, cell: ({ status }) => age(status) },
  { heading: 'in/s', numeric: true, rank: 6, cell: ({ rates }) => rate(rates, 'in') },
  {
    heading: '',
    rank: 9,
    spark: true,
    cell: (row, style, width) => spark(row, 'in', style, width),
  },
  { heading: 'out/s', numeric: true, rank: 7, cell: ({ rates }) => rate(rates, 'out') },
  {
    heading: '',
    rank: 10,
    spark: true,
    cell: (row, style, width) => spark(row, 'out', style, width),
  },
  { heading: 'dlq', numeric: true, rank: 3, cell: ({ status }, style) => dead(status, style) },
  { heading: 'readers', numeric: true, rank: 8, cell: ({ status }) => count(status.consumers) },
];

/**
 * The table of subscribers, no line wider than the window. Where it is narrow, columns go: first the sparklines, at
 * last all but the names.
 */
export function renderSubscribers(
  { latest, rates, series }: StatusHistory,
  width: number,
  style: ChalkInstance,
): string[] {
  const rows = (latest?.subscribers ?? []).map(
    (status): Row => ({ status, rates: rates.get(status.name), series: series.get(status.name) }),
  );
  const { columns, sparkWidth } = chooseColumns(rows, width, style);
  const cells = rows.map((row) => columns.map((column) => column.cell(row, style, sparkWidth)));
  // A window narrower than a name and a number: what doesn't fit is cut.
  const [first] = columns;
  const spare = columns.length === 1 && first ? width : Number.POSITIVE_INFINITY;
  const cutCells = cells.map((row) =>
    row.map((cell) => ({ ...cell, text: cutText(cell.text, spare) })),
  );
  const headed = columns.map((column) => ({ ...column, heading: cutText(column.heading, spare) }));
  return renderTable(headed, cutCells, style).map((line) =>
    style.level === 0 ? line.trimEnd() : line,
  );
}

/** The most important columns that fit side by side, in their order, and what is left for each sparkline. */
function chooseColumns(
  rows: readonly Row[],
  width: number,
  style: ChalkInstance,
): { columns: readonly BoardColumn[]; sparkWidth: number } {
  const widthOf = (column: BoardColumn): number =>
    column.spark
      ? SPARK.least
      : Math.max(
          column.heading.length,
          ...rows.map((row) => column.cell(row, style, SPARK.least).text.length),
        );
  const chosen = new Set<BoardColumn>();
  let used = -GAP;
  for (const column of [...COLUMNS].sort((a, b) => a.rank - b.rank)) {
    const needed = widthOf(column) + GAP;
    if (chosen.size > 0 && used + needed > width) break;
    chosen.add(column);
    used += needed;
  }
  const columns = COLUMNS.filter((column) => chosen.has(column));
  const sparks = columns.filter(({ spark: isSpark }) => isSpark).length;
  const extra = sparks === 0 ? 0 : Math.floor((width - used) / sparks);
  return { columns, sparkWidth: Math.min(SPARK.most, SPARK.least + Math.max(0, extra)) };
}

function nameCell({ name, queueUrl, subscribed }: SubscriberStatus, style: ChalkInstance): Cell {
  if (queueUrl === null) return { text: `${name} (no queue)`, paint: style.red };
  if (!subscribed) return { text: `${name} (not subscribed)`, paint: style.red };
  return { text: name, paint: style.bold };
}

function count(value: number | null): Cell {
  return { text: value === null ? '–' : shownCount(value) };
}

function age({ oldestAgeSeconds }: SubscriberStatus): Cell {
  return { text: oldestAgeSeconds === null ? '–' : shownDuration(oldestAgeSeconds) };
}

function rate(rates: SubscriberRates | undefined, way: 'in' | 'out'): Cell {
  const value = rates?.[way] ?? null;
  if (value === null) return { text: '–' };
  return { text: `${rates?.exact ? '' : '~'}${shownRate(value)}` };
}

function spark(row: Row, way: 'in' | 'out', style: ChalkInstance, width: number): Cell {
  const paint = way === 'in' ? style.cyan : style.green;
  return { text: sparkline(row.series?.[way] ?? [], width), paint };
}

function dead({ dlqDepth }: SubscriberStatus, style: ChalkInstance): Cell {
  return { ...count(dlqDepth), ...((dlqDepth ?? 0) > 0 ? { paint: style.red } : {}) };
}
