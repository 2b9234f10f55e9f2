import type { ChalkInstance } from 'chalk';
import type { ComparedStyle, Comparison, Figure } from '../compare/comparison.ts';
import { loadWords, machineWords, shownLabel, shownValue } from '../compare/shown-comparison.ts';
import { grouped } from './numbers.ts';
import { renderTable } from './table.ts';
import { wrapText } from './text-width.ts';

/** Columns beyond which lines become hard to read. */
const MAX_WIDTH = 100;
const NAME_WIDTH = 12;
/** Rows that are left for `--verbose`: the screen has 24. */
const DETAILS: ReadonlySet<string> = new Set(['firstHandledMs', 'busyProcesses', 'busyMemoryMb']);

/** The lines of a comparison: which style is for whom, then the table. */
export function renderComparedStyles(
  comparison: Comparison,
  style: ChalkInstance,
  { columns, all }: { readonly columns: number; readonly all: boolean },
): string[] {
  const { styles, notCompared } = comparison;
  const machine = machineWords(comparison);
  const width = Math.min(columns, MAX_WIDTH);
  return [
    ...styles.flatMap((each) => named(each.style, each.finding, style, width)),
    ...styles.flatMap((each) => lossLines(each, style, width)),
    '',
    ...renderFigures(comparison, style, all),
    ...(all ? wordLines(comparison, style, width) : []),
    ...notCompared.flatMap((each) => wrapText(each, width)),
    ...(machine === undefined ? [] : [style.dim(machine)]),
  ];
}

function named(name: string, text: string, style: ChalkInstance, width: number): string[] {
  return wrapText(text, Math.max(1, width - NAME_WIDTH)).map(
    (line, at) => (at === 0 ? style.bold(name.padEnd(NAME_WIDTH)) : ' '.repeat(NAME_WIDTH)) + line,
  );
}

/** What a style lost, or didn't take. */
function lossLines(
  { style: name, orders, refusal }: ComparedStyle,
  style: ChalkInstance,
  width: number,
): string[] {
  if (orders === null) return [];
  const { posted, accepted, missing, deadLettered } = orders;
  const dead = deadLettered > 0 ? `, ${grouped(deadLettered)} of them dead letters` : '';
  const said = [
    ...(accepted < posted
      ? [`${grouped(posted - accepted)} of ${grouped(posted)} were refused: ${refusal}`]
      : []),
    ...(missing > 0 ? [`${grouped(missing)} messages were not handled${dead}`] : []),
  ];
  return said.flatMap((each) => named(name, each, style, width).map((line) => style.red(line)));
}

function renderFigures(comparison: Comparison, style: ChalkInstance, all: boolean): string[] {
  const { styles, figures } = comparison;
  const rowOf = (figure: Figure) => [
    { text: `  ${shownLabel(figure, comparison)}` },
    ...styles.map((each) => ({ text: shownValue(figure, figure.values[each.style] ?? null) })),
  ];
  const rows = (source: Figure['source']) =>
    figures
      .filter((figure) => figure.source === source && (all || !DETAILS.has(figure.id)))
      .filter(({ values }) => Object.values(values).some((value) => value !== null))
      .map(rowOf);
  const load = loadWords(comparison);
  return renderTable(
    [
      { heading: 'computed, for AWS' },
      ...styles.map((each) => ({ heading: each.style, numeric: true })),
    ],
    [
      ...rows('computed'),
      ...(load === undefined ? [] : [[{ text: `measured, ${load}`, paint: style.dim }]]),
      ...rows('measured'),
    ],
    style,
  );
}

function wordLines({ styles }: Comparison, style: ChalkInstance, width: number): string[] {
  const part = (heading: string, textOf: (each: ComparedStyle) => string): string[] => [
    '',
    style.dim(heading),
    ...styles.flatMap((each) => named(each.style, textOf(each), style, width)),
  ];
  return [
    ...part('scaling', ({ scaling }) => scaling),
    ...part('cold starts', ({ coldStarts }) => coldStarts),
    ...part('control', ({ control }) => control),
    '',
  ];
}
