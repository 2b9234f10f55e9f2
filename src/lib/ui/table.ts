import type { ChalkInstance } from 'chalk';

/** A column: its heading, and whether its cells are numbers, which align at the right. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/** A cell's text, and a colour that doesn't count for its width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';

/** Lines of a table whose columns are as wide as their widest cell. Nothing is cut. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  style: ChalkInstance,
): string[] {
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.text.length ?? 0)),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint }, index) => {
        const width = widths[index] ?? 0;
        const isLast = index === cells.length - 1 && !columns[index]?.numeric;
        const padding = isLast ? '' : ' '.repeat(width - text.length);
        const painted = paint ? paint(text) : text;
        return columns[index]?.numeric ? padding + painted : painted + padding;
      })
      .join(GAP);
  const headings = columns.map(({ heading }) => ({ text: heading, paint: style.dim }));
  return [line(headings), ...rows.map(line)];
}
