import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { waterfallOf } from '../../../src/lib/diagnose/trace/waterfall.ts';
import type { TraceSpan } from '../../../src/lib/rules/trace-span.ts';
import { renderWaterfall } from '../../../src/lib/ui/waterfall.ts';

const TRACE = 'a'.repeat(32);

function span(spanId: string, parentSpanId: string | null, start: number, end: number, of = TRACE) {
  const about = { kind: 'internal', service: 's', error: null, attributes: {}, links: [] } as const;
  return { ...about, traceId: of, spanId, parentSpanId, name: `span ${spanId}`, start, end };
}

function rowsOf(spans: readonly TraceSpan[]) {
  const { rows = [] } = waterfallOf({ traceId: TRACE, messages: [], spans }) ?? {};
  return rows.map(({ span: { spanId }, depth, isLinked }) => [spanId, depth, isLinked]);
}

it('puts spans behind those that they lie within, and linked ones last', () => {
  const spans = [
    span('l', null, 0, 1, 'b'.repeat(32)),
    span('1', 'not known', 1, 9),
    span('2', '1', 2, 3),
    span('4', null, 3, 3),
    span('3', '2', 4, 5),
    span('5', '1', 6, 7),
  ];
  expect(rowsOf(spans)).toEqual([
    ['1', 0, false],
    ['2', 1, false],
    ['3', 2, false],
    ['5', 1, false],
    ['4', 0, false],
    ['l', 0, true],
  ]);
});

it('ends with spans that say that they lie within each other', () => {
  expect(rowsOf([span('1', '2', 1, 2), span('2', '1', 1, 2)])).toEqual([
    ['1', 0, false],
    ['2', 1, false],
  ]);
});

it('is nothing without spans of the trace itself', () => {
  expect(waterfallOf({ traceId: null, messages: [], spans: [] })).toBeUndefined();
  expect(rowsOf([span('1', null, 1, 2, 'b'.repeat(32))])).toEqual([]);
});

it.each([20, 40, 80, 200])('fits %i columns', (columns) => {
  const spans = [
    { ...span('1', null, 1000, 11_000), error: 'went\u001b[31m wrong'.repeat(20) },
    span('2', '1', 2000, 2000.25),
    span('3', '2', 0, 10 ** 7, 'b'.repeat(32)),
  ];
  const trace = waterfallOf({ traceId: TRACE, messages: [], spans });
  const view = { columns, style: new Chalk({ level: 0 }), verbose: false };
  const lines = trace === undefined ? [] : renderWaterfall(trace, view);
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  expect(lines.join('\n')).not.toContain('\u001b');
  if (columns >= 80) expect(lines[2]).toMatch(/^ {2}span 1 .*━{20,} +10\.0 s$/);
});
