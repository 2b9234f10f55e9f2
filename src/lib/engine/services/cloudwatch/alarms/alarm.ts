import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { MetricName } from '../metrics/series.ts';
import type { Statistic } from '../metrics/statistics.ts';

/** Journal tables of the service. */
export const TABLES = { alarms: 'cloudwatch.alarms', history: 'cloudwatch.history' } as const;

export const STATE_VALUES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
/** The states of an alarm. */
export type StateValue = (typeof STATE_VALUES)[number];

/** How a value is held against the threshold, and how reasons say it. */
export const COMPARISONS = {
  GreaterThanThreshold: { holds: (a: number, b: number) => a > b, words: 'greater than' },
  GreaterThanOrEqualToThreshold: {
    holds: (a: number, b: number) => a >= b,
    words: 'greater than or equal to',
  },
  LessThanThreshold: { holds: (a: number, b: number) => a < b, words: 'less than' },
  LessThanOrEqualToThreshold: {
    holds: (a: number, b: number) => a <= b,
    words: 'less than or equal to',
  },
} as const;
export type ComparisonOperator = keyof typeof COMPARISONS;

export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingData = (typeof MISSING_DATA)[number];

/** What an alarm watches: a metric, or queries of which one gives the values. */
export type Watched =
  | (MetricName & {
      readonly kind: 'metric';
      readonly statistic: Statistic;
      readonly unit: string | undefined;
    })
  | { readonly kind: 'queries'; readonly queries: readonly MetricDataQuery[] };

/** An alarm as it was asked for. */
export interface AlarmSettings {
  readonly name: string;
  readonly description: string | undefined;
  readonly actionsEnabled: boolean;
  /** ARNs of topics, by the state that an alarm comes to. */
  readonly actions: Readonly<Record<StateValue, readonly string[]>>;
  readonly watched: Watched;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  /** Undefined where all periods have to breach. */
  readonly datapointsToAlarm: number | undefined;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  /** Undefined counts as `missing`. */
  readonly missingData: MissingData | undefined;
}

/** The state of an alarm, and why. Times are milliseconds since the epoch. */
export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly data: string | undefined;
  readonly updatedAt: number;
  readonly transitionedAt: number;
}

/** An alarm. */
export interface Alarm {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly tags: Map<string, string>;
  settings: AlarmSettings;
  /** When it was asked for as it is, in milliseconds since the epoch. */
  configuredAt: number;
  state: AlarmState;
}

/** As the journal keeps it: its objects know no `__proto__`, which may be a tag's key. */
export type StoredAlarm = Omit<Alarm, 'tags'> & { readonly tags: [string, string][] };
