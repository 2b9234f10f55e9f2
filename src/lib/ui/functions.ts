import type { ChalkInstance } from 'chalk';
import type { ListedFunction, ListedMapping } from '../functions/list-functions.ts';
import { type Cell, renderTable } from './table.ts';
import { textWidth } from './text-width.ts';

/** One line a function, and below it the queues that it takes from; several lines where the terminal is narrow. */
export function renderFunctions(
  functions: readonly ListedFunction[],
  style: ChalkInstance,
  width: number,
): string[] {
  const table = asTable(functions, style);
  return width > 0 && table.some((line) => textWidth(line) > width)
    ? functions.flatMap((each) => asLines(each, style))
    : table;
}

function asLines(
  { name, arn, runtime, timeout, memory, mappings }: ListedFunction,
  style: ChalkInstance,
): string[] {
  const isMissing = arn === null;
  const facts = isMissing ? style.red('missing') : `${runtime}, ${timeout} s, ${memory} MB`;
  const cells =
    mappings.length === 0
      ? [mappingCell(undefined, style)]
      : mappings.map((each) => mappingCell(each, style));
  return [
    (isMissing ? style.red : style.bold)(name),
    `  ${facts}`,
    ...cells.map(({ text, paint = (each: string) => each }) => `  ${paint(text)}`),
  ];
}

function asTable(functions: readonly ListedFunction[], style: ChalkInstance): string[] {
  const columns = [
    { heading: 'function' },
    { heading: 'runtime' },
    { heading: 'timeout', numeric: true },
    { heading: 'memory', numeric: true },
    { heading: 'takes from' },
  ];
  const rows = functions.flatMap((each): Cell[][] => {
    const [first, ...others] = each.mappings;
    return [
      [
        { text: each.name, paint: each.arn === null ? style.red : style.bold },
        each.arn === null ? { text: 'missing', paint: style.red } : { text: each.runtime },
        { text: `${each.timeout} s` },
        { text: `${each.memory} MB` },
        mappingCell(first, style),
      ],
      ...others.map((other) => [
        { text: '' },
        { text: '' },
        { text: '' },
        { text: '' },
        mappingCell(other, style),
      ]),
    ];
  });
  return renderTable(columns, rows, style);
}

function mappingCell(mapping: ListedMapping | undefined, style: ChalkInstance): Cell {
  if (mapping === undefined) return { text: 'no queue', paint: style.dim };
  const { queue, state, batchSize } = mapping;
  if (state === 'Enabled') return { text: `${queue}, ${batchSize} at a time` };
  return { text: `${queue}: ${state ?? 'no mapping'}`, paint: style.red };
}
