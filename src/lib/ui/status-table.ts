import type { ChalkInstance } from 'chalk';
import { type Cell, renderTable } from './table.ts';

/** What the table shows of a subscriber. */
export interface ShownSubscriber {
  readonly name: string;
  readonly queueUrl: string | null;
  readonly subscribed: boolean;
  readonly depth: number | null;
  readonly inFlight: number | null;
  readonly delayed: number | null;
  readonly oldestAgeSeconds: number | null;
  readonly dlqDepth: number | null;
}

/** One line a subscriber, within 80 columns; what needs looking at is coloured and said in words. */
export function renderStatus(
  topic: { readonly arn: string | null; readonly exists: boolean; readonly name: string },
  subscribers: readonly ShownSubscriber[],
  style: ChalkInstance,
): string[] {
  const columns = [
    { heading: 'subscriber' },
    { heading: 'subscribed' },
    { heading: 'depth', numeric: true },
    { heading: 'in flight', numeric: true },
    { heading: 'delayed', numeric: true },
    { heading: 'oldest', numeric: true },
    { heading: 'dlq', numeric: true },
  ];
  const rows = subscribers.map((subscriber): Cell[] => [
    { text: subscriber.name, paint: style.bold },
    subscription(subscriber, style),
    number(subscriber.depth),
    number(subscriber.inFlight),
    number(subscriber.delayed),
    { text: age(subscriber.oldestAgeSeconds) },
    {
      ...number(subscriber.dlqDepth),
      ...((subscriber.dlqDepth ?? 0) > 0 ? { paint: style.red } : {}),
    },
  ]);
  return [
    `topic ${style.bold(topic.name)}  ${topic.exists ? style.green('exists') : style.red('missing')}`,
    '',
    ...renderTable(columns, rows, style),
  ];
}

function subscription({ queueUrl, subscribed }: ShownSubscriber, style: ChalkInstance): Cell {
  if (queueUrl === null) return { text: 'no queue', paint: style.red };
  return subscribed ? { text: 'yes', paint: style.green } : { text: 'no', paint: style.red };
}

function number(value: number | null): Cell {
  return { text: value === null ? '-' : String(value) };
}

/** Seconds as a person says them: `42 s`, `5 min`, `3 h`, `2 d`. */
function age(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
