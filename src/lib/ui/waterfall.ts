import type { Waterfall, WaterfallRow } from '../diagnose/trace/waterfall.ts';
import { printable } from '../rules/text/shown-text.ts';
import { cutText } from './text-width.ts';
import type { TraceView } from './trace.ts';
import { wrapped } from './wrapped.ts';

/** Columns of a span's name and of its duration; the bar has what is left. */
const WIDTHS = { name: 40, duration: 9 } as const;
/** Bars of fewer columns tell nothing. */
const LEAST_BAR = 10;
/** Spans that are shown unless all are asked for. */
const MOST_SHOWN = 30;
const LINKED = '  ~ requests for several messages: traces that link to this one';

/** A trace in lines: a line for each span, with its place in time and why it failed. */
export function renderWaterfall(trace: Waterfall, view: TraceView): string[] {
  const { style, verbose, columns } = view;
  const shown = verbose ? trace.rows : trace.rows.slice(0, MOST_SHOWN);
  const more = trace.rows.length - shown.length;
  const hasLinked = shown.some(({ isLinked }) => isLinked);
  return [
    ...wrapped(`trace ${trace.traceId}`, columns, '  ').map((line) => style.bold(line)),
    ...(hasLinked ? wrapped(LINKED, columns, '    ').map((line) => style.dim(line)) : []),
    ...shown.flatMap((row) => rowLines(row, trace, view)),
    ...(more > 0 ? [`… and ${more} spans more: --verbose, or --json`] : []),
  ];
}

function rowLines(row: WaterfallRow, trace: Waterfall, { style, columns }: TraceView): string[] {
  const { span, depth, isLinked } = row;
  const nameWidth = Math.min(WIDTHS.name, Math.max(0, columns - WIDTHS.duration - 3));
  const indent = '  '.repeat(1 + Math.min(depth, 8));
  const name = cutText(`${indent}${isLinked ? '~ ' : ''}${printable(span.name)}`, nameWidth);
  const barWidth = columns - nameWidth - WIDTHS.duration - 2;
  const bar = barWidth < LEAST_BAR ? '' : ` ${barOf(row, trace, barWidth)}`;
  const line = `${name.padEnd(nameWidth)}${bar} ${lasted(span.end - span.start).padStart(WIDTHS.duration)}`;
  if (span.error === null) return [isLinked ? style.dim(line) : line];
  const reason = cutText(`${indent}  ${printable(span.error)}`, Math.max(1, columns - 1));
  return [style.red(line), style.red(reason)];
}

/** Where a span lies between the trace's start and end. */
function barOf({ span }: WaterfallRow, { start, end }: Waterfall, width: number): string {
  const scale = width / Math.max(end - start, 0.001);
  const place = (time: number): number => Math.min(width, Math.max(0, (time - start) * scale));
  const from = Math.min(width - 1, Math.floor(place(span.start)));
  const to = Math.max(from + 1, Math.round(place(span.end)));
  return `${' '.repeat(from)}${'━'.repeat(to - from)}`.padEnd(width);
}

/** A duration: `0.3 ms`, `12 ms`, `3.4 s`. @param ms milliseconds */
function lasted(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
