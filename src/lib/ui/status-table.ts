import type { ChalkInstance } from 'chalk';
import type { SubscriberStatus, TopicStatus } from '../diagnose/status/status.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { type Cell, renderTable } from './table.ts';

/** One line a subscriber, within 80 columns; what needs looking at is coloured and said in words. */
export function renderStatus(
  topics: readonly TopicStatus[],
  subscribers: readonly SubscriberStatus[],
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
    ...topics.map(
      ({ name, exists }) =>
        `topic ${style.bold(name)}  ${exists ? style.green('exists') : style.red('missing')}`,
    ),
    '',
    ...renderTable(columns, rows, style),
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
