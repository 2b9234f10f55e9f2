import type { Comparison, Figure } from '../../compare/comparison.ts';
import { lastComparison } from '../../compare/last-comparison.ts';
import { loadWords, machineWords, shownLabel, shownValue } from '../../compare/shown-comparison.ts';
import type { ComparedRow, ComparisonView, StylesCompared } from '../api/comparison.ts';
import type { Dashboard } from '../dashboard.ts';

/** `GET comparison` */
export async function comparison({ stateDir }: Dashboard): Promise<ComparisonView> {
  const last = lastComparison(stateDir);
  return { comparison: last === undefined ? null : stylesCompared(last) };
}

function stylesCompared(last: Comparison): StylesCompared {
  const { topology, time, styles, figures, notCompared } = last;
  const rowsOf = (source: Figure['source']) =>
    figures.filter((each) => each.source === source).map((each) => rowOf(last, each));
  return {
    ...{ topology, time },
    styles: styles.map(({ style, finding, orders }) => ({
      name: style,
      finding,
      missing: orders?.missing ?? 0,
    })),
    parts: [
      { title: 'Computed, for AWS', rows: rowsOf('computed') },
      { title: `Measured, ${loadWords(last) ?? 'nothing'}`, rows: rowsOf('measured') },
    ],
    remarks: [...notCompared, machineWords(last) ?? []].flat(),
  };
}

function rowOf(last: Comparison, figure: Figure): ComparedRow {
  const values = last.styles.map(({ style }) => figure.values[style] ?? null);
  const most = Math.max(...values.map((value) => (typeof value === 'number' ? value : 0)));
  return {
    label: shownLabel(figure, last),
    values: values.map((value) => ({
      shown: shownValue(figure, value),
      share: typeof value === 'number' && most > 0 ? value / most : null,
    })),
  };
}
