import type { AlarmSettings, StateValue } from './alarm.ts';
import { COMPARISONS } from './alarm.ts';

/** A period's value; undefined where there is none. `time` is its start, in milliseconds since the epoch. */
export interface Datapoint {
  readonly time: number;
  readonly value: number | undefined;
}

/** What the data say of an alarm. */
export interface Decision {
  readonly value: StateValue;
  /** The values that were looked at, the earliest first. */
  readonly evaluated: readonly (Datapoint & { readonly value: number })[];
  /** How many of them breach the threshold. */
  readonly breaching: number;
  /** How many missing ones were counted in, as `missingData` says. */
  readonly filled: number;
}

/** More periods are looked at than are evaluated, so that data that come late or now and then still count. */
const EXTRA_PERIODS = 2;

/** How many periods an alarm looks at: the evaluation range. */
export function evaluationRange({ evaluationPeriods }: AlarmSettings): number {
  return evaluationPeriods + EXTRA_PERIODS;
}

/**
 * The state that an alarm comes to; undefined where it keeps its own.
 *
 * @param range as many periods as `evaluationRange` says, the earliest first
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function decide(settings: AlarmSettings, range: readonly Datapoint[]): Decision | undefined {
  const { evaluationPeriods, missingData = 'missing' } = settings;
  const needed = settings.datapointsToAlarm ?? evaluationPeriods;
  const { holds } = COMPARISONS[settings.comparison];
  const breaches = (value: number) => holds(value, settings.threshold);
  const present = range.filter((each): each is Datapoint & { value: number } => {
    return each.value !== undefined;
  });
  const evaluated = present.slice(-evaluationPeriods);
  const breaching = evaluated.filter(({ value }) => breaches(value)).length;
  const filled = evaluationPeriods - evaluated.length;
  const found = { evaluated, breaching, filled };
  const asBreaching = missingData === 'breaching' ? filled : 0;
  if (breaching + asBreaching >= needed) return { value: 'ALARM', ...found };
  if (filled === 0 || missingData === 'breaching' || missingData === 'notBreaching') {
    return { value: 'OK', ...found };
  }
  if (evaluated.length === 0) {
    return missingData === 'ignore' ? undefined : { value: 'INSUFFICIENT_DATA', ...found };
  }
  if (breaching < evaluated.length) return { value: 'OK', ...found };
  if (missingData === 'ignore') return undefined;
  // "Alarms are designed to always go into ALARM state when the oldest available breaching datapoint … is at least as old as
  // the value of Datapoints to Alarm, and all other more recent data points are breaching or missing."
  const age = range.length - range.findIndex(({ value }) => value !== undefined);
  return { value: age >= needed ? 'ALARM' : 'OK', ...found };
}
