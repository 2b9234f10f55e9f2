import type { ChalkInstance } from 'chalk';
import type { SubscriberStatus, TopicStatus } from '../diagnose/status/status.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { cutText } from './text-width.ts';

/** A column of the table. */
interface StatusColumn extends Column {
  /** Those with the lowest number go first where the window is narrow; undefined for those that stay. */
  readonly dropped?: number;
  cell(subscriber: SubscriberStatus, style: ChalkInstance): Cell;
}

const COLUMNS: readonly StatusColumn[] = [
  { heading: 'subscribed', cell: subscription },
  { heading: 'depth', numeric: true, cell: ({ depth }) => number(depth) },
  { heading: 'in flight', numeric: true, dropped: 3, cell: ({ inFlight }) => number(inFlight) },
  { heading: 'delayed', numeric: true, dropped: 1, cell: ({ delayed }) => number(delayed) },
  {
    heading: 'oldest',
    numeric: true,
    dropped: 2,
    cell: ({ oldestAgeSeconds }) => ({ text: age(oldestAgeSeconds) }),
  },
  {
    heading: 'dlq',
    numeric: true,
    cell: ({ dlqDepth }, style) => ({
      ...number(dlqDepth),
      ...((dlqDepth ?? 0) > 0 ? { paint: style.red } : {}),
    }),
  },
];
/** Columns of a name that is cut. */
const SHORTEST_NAME = 8;
const GAP = 2;

/**
 * One line a subscriber, within the columns; what needs looking at is coloured and said in words. Where the window is
 * narrow, columns go: first what is delayed, at last what is in flight; then names are cut.
 */
export function renderStatus(
  topics: readonly TopicStatus[],
  subscribers: readonly SubscriberStatus[],
  style: ChalkInstance,
  columns = 80,
): string[] {
  const width = (column: StatusColumn): number =>
    GAP +
    Math.max(
      column.heading.length,
      ...subscribers.map((each) => column.cell(each, style).text.length),
    );
  const longest = Math.max(10, ...subscribers.map(({ name }) => name.length));
  const taken = (list: readonly StatusColumn[]): number =>
    list.reduce((sum, column) => sum + width(column), 0);
  let shown = COLUMNS;
  for (const level of [1, 2, 3]) {
    if (longest + taken(shown) <= columns) break;
    shown = shown.filter(({ dropped }) => dropped !== level);
  }
  const room = Math.max(SHORTEST_NAME, columns - taken(shown));
  const rows = subscribers.map((subscriber): Cell[] => [
    { text: cutText(subscriber.name, room), paint: style.bold },
    ...shown.map(({ cell }) => cell(subscriber, style)),
  ]);
  const heading = { heading: cutText('subscriber', room) };
  const heads = topics.map(
    ({ name, exists }) =>
      `topic ${style.bold(name)}  ${exists ? style.green('exists') : style.red('missing')}`,
  );
  if (subscribers.length === 0) return heads;
  return [
    ...heads,
    ...(heads.length === 0 ? [] : ['']),
    ...renderTable([heading, ...shown], rows, style),
  ];
}

function subscription({ queueUrl, subscribed }: SubscriberStatus, style: ChalkInstance): Cell {
  if (queueUrl === null) return { text: 'no queue', paint: style.red };
  return subscribed ? { text: 'yes', paint: style.green } : { text: 'no', paint: style.red };
}

function number(value: number | null): Cell {
  return { text: value === null ? '-' : String(value) };
}

function age(seconds: number | null): string {
  return seconds === null ? '-' : shownDuration(seconds);
}
