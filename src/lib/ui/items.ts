import type { ChalkInstance } from 'chalk';
import { stringify } from 'lossless-json';
import type { TableKey } from '../definition/topology.ts';
import { printable } from '../rules/text/shown-text.ts';
import { type Cell, renderTable } from './table.ts';
import { cutText } from './text-width.ts';

type Item = Readonly<Record<string, unknown>>;

/** Columns of one attribute, where there isn't room for all of it. */
const LONGEST_CELL = 24;
const GAP = 2;

/**
 * The items of a table, a line each and within the columns: the key first, then the attributes that most items have. What
 * there is no room for is left out, and named below.
 */
export function renderItems(
  items: readonly Item[],
  key: TableKey,
  style: ChalkInstance,
  columns: number,
): string[] {
  if (items.length === 0) return [];
  const names = attributeNames(items, key);
  const shown: string[] = [];
  let room = columns;
  for (const name of names) {
    const widths = items.map((item) => word(item[name]).length);
    const width = Math.min(LONGEST_CELL, Math.max(name.length, ...widths));
    if (shown.length > 0 && width + GAP > room) break;
    shown.push(name);
    room -= width + GAP;
  }
  const heading = shown.map((name) => ({ heading: name }));
  const rows = items.map((item) =>
    shown.map(
      (name, index): Cell => ({
        text: cutText(word(item[name]), LONGEST_CELL),
        ...(index === 0 ? { paint: style.bold } : {}),
      }),
    ),
  );
  const hidden = names.slice(shown.length);
  const more = hidden.length > 0 ? [style.dim(`not shown: ${hidden.join(', ')} (--json)`)] : [];
  return [...renderTable(heading, rows, style), ...more];
}

/** One item, an attribute a line. */
export function renderItem(item: Item, key: TableKey, style: ChalkInstance): string[] {
  const names = attributeNames([item], key);
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `${style.dim(name.padEnd(width))}  ${word(item[name])}`);
}

/** The key's attributes, then the others by how many items have them. */
function attributeNames(items: readonly Item[], { hash, range }: TableKey): string[] {
  const counts = new Map<string, number>();
  for (const item of items) {
    for (const name of Object.keys(item)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const keys = range === undefined ? [hash.name] : [hash.name, range.name];
  const others = [...counts].filter(([name]) => !keys.includes(name));
  return [...keys, ...others.sort((a, b) => b[1] - a[1]).map(([name]) => name)];
}

function word(value: unknown): string {
  if (value === undefined) return '';
  return printable(typeof value === 'string' ? value : (stringify(value) ?? ''));
}
