import type { ChalkInstance } from 'chalk';
import type { StatusSnapshot } from '../diagnose/status/status.ts';
import type { StatusHistory } from '../diagnose/status/status-rates.ts';
import { clockTime } from './numbers.ts';
import { renderSubscribers } from './status-board-table.ts';
import { cutText, wrapText } from './text-width.ts';

/** What the board shows. */
export interface BoardView {
  readonly topic: string;
  /** Where it is: target, region. */
  readonly place: string;
  readonly history: StatusHistory;
  /** Why the last reading failed, and what comes next, in sentences; empty while readings come. */
  readonly trouble: readonly string[];
  /** How often it is read, and what that costs. */
  readonly pace: string;
}

/** The window that it has to fit into. */
export interface BoardSize {
  readonly columns: number;
  readonly rows: number;
}

const GAP = 2;

/**
 * The board as lines, none wider than the window and no more than it has rows. Where it is narrow, columns go: first
 * the sparklines, at last all but the depths of queue and dead-letter queue.
 */
export function renderBoard(view: BoardView, size: BoardSize, style: ChalkInstance): string[] {
  const { latest } = view.history;
  const foot = [...remarks(view, size.columns, style), style.dim(cutText(view.pace, size.columns))];
  const head = [title(view, size.columns, style), ''];
  if (latest === undefined) return [...head, ...foot].slice(0, size.rows);
  const room = Math.max(1, size.rows - head.length - 1 - foot.length - 1);
  const table = renderSubscribers(view.history, size.columns, style);
  return [...head, ...fitted(table, room, size.columns, style), '', ...foot].slice(0, size.rows);
}

function title(
  { topic, place, history }: BoardView,
  columns: number,
  style: ChalkInstance,
): string {
  const { latest } = history;
  const time = latest === undefined ? '' : clockTime(latest.time);
  const state = latest === undefined ? 'reading' : isComplete(latest) ? 'exists' : 'missing';
  const left = `${latest !== undefined && latest.topics.length > 1 ? 'topics' : 'topic'} ${topic}  ${state}  ${place}`;
  const room = columns - time.length - GAP;
  const words = cutText(left, Math.max(0, room));
  const painted =
    latest !== undefined && !isComplete(latest) ? style.red(words) : style.bold(words);
  return room < 1
    ? cutText(time, columns)
    : `${painted}${' '.repeat(columns - words.length - time.length)}${time}`;
}

/** The heading and as many subscribers as there are rows for. */
function fitted(
  table: readonly string[],
  room: number,
  columns: number,
  style: ChalkInstance,
): string[] {
  const lines = table.slice(0, room + 1);
  const hidden = table.length - lines.length;
  if (hidden === 0) return lines;
  const more = `… ${hidden + 1} more: make the window taller`;
  return [...lines.slice(0, -1), style.dim(cutText(more, columns))];
}

function remarks({ history, trouble }: BoardView, columns: number, style: ChalkInstance): string[] {
  const estimated = [...history.rates.values()].some(
    ({ exact, in: rate }) => rate !== null && !exact,
  );
  const note = '~ at the least: what SQS shows is how much a queue grew or shrank.';
  const [what = '', ...next] = trouble;
  const sentences = trouble.length === 0 ? [] : [`! ${what}`, ...next];
  return [
    ...sentences.flatMap((text) => wrapText(text, columns)).map((line) => style.yellow(line)),
    ...(estimated ? wrapText(note, columns).map((line) => style.dim(line)) : []),
  ];
}

function isComplete({ topics }: StatusSnapshot): boolean {
  return topics.every(({ exists }) => exists);
}
