import type { StatusSnapshot, SubscriberStatus } from '../diagnose/status/status.ts';
import type { StatusHistory, SubscriberRates } from '../diagnose/status/status-rates.ts';
import { shownDuration } from '../rules/text/duration.ts';
import { clockTime, shownRate } from './numbers.ts';

/**
 * What changed since the reading before, a line for each subscriber: for output that is not a terminal. Ages and rates
 * alone are no change; after the first reading every subscriber has its line.
 */
export function renderChanges(
  before: StatusSnapshot | undefined,
  { latest, rates }: StatusHistory,
): string[] {
  if (latest === undefined) return [];
  return latest.subscribers
    .filter((subscriber) => {
      const earlier = before?.subscribers.find(({ name }) => name === subscriber.name);
      return earlier === undefined || changed(earlier, subscriber);
    })
    .map((subscriber) => line(latest.time, subscriber, rates.get(subscriber.name)));
}

const COMPARED = [
  'queueUrl',
  'subscribed',
  'depth',
  'inFlight',
  'delayed',
  'dlqDepth',
  'arrived',
  'consumers',
] as const satisfies readonly (keyof SubscriberStatus)[];

function changed(before: SubscriberStatus, now: SubscriberStatus): boolean {
  return COMPARED.some((key) => before[key] !== now[key]);
}

function line(
  time: number,
  subscriber: SubscriberStatus,
  rates: SubscriberRates | undefined,
): string {
  const { name, queueUrl, subscribed, depth, inFlight, delayed, dlqDepth } = subscriber;
  const { oldestAgeSeconds, consumers } = subscriber;
  const mark = rates?.exact ? '' : '~';
  const part = (label: string, value: number | string | null | undefined): string[] =>
    value === null || value === undefined ? [] : [`${label} ${value}`];
  const rate = (value: number | null | undefined): string | null =>
    value === null || value === undefined ? null : `${mark}${shownRate(value)}/s`;
  return `${clockTime(time)} ${name}: ${[
    ...(queueUrl === null ? ['no queue'] : subscribed ? [] : ['not subscribed']),
    ...part('depth', depth),
    ...part('in flight', inFlight),
    ...part('delayed', delayed === 0 ? null : delayed),
    ...part('oldest', oldestAgeSeconds === null ? null : shownDuration(oldestAgeSeconds)),
    ...part('in', rate(rates?.in)),
    ...part('out', rate(rates?.out)),
    ...part('dlq', dlqDepth),
    ...part('readers', consumers),
  ].join(', ')}`;
}
