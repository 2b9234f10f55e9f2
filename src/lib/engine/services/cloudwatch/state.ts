import type { EngineParts } from '../../parts.ts';
import type { MetricPort, TopicPort } from '../../ports.ts';
import { type Alarm, type StoredAlarm, TABLES } from './alarms/alarm.ts';
import { AlarmHistory } from './alarms/history.ts';
import { MetricStore } from './metrics/store.ts';

/** The other services, as far as CloudWatch needs them. */
export interface CloudWatchPorts {
  readonly topics: TopicPort;
  readonly resources: MetricPort;
}

/** Everything CloudWatch keeps. */
export interface CloudWatchState extends CloudWatchPorts {
  readonly parts: EngineParts;
  readonly metrics: MetricStore;
  /** By ARN, which holds account and region. */
  readonly alarms: Map<string, Alarm>;
  readonly history: AlarmHistory;
}

/** The state with the alarms that the journal holds; metrics begin anew with each start. */
export function createCloudWatchState(parts: EngineParts, ports: CloudWatchPorts): CloudWatchState {
  const alarms = new Map<string, Alarm>();
  for (const { value } of parts.journal.entries(TABLES.alarms)) {
    const stored = value as StoredAlarm;
    alarms.set(stored.arn, { ...stored, tags: new Map(stored.tags) });
  }
  const history = new AlarmHistory(parts.journal);
  return { parts, ...ports, metrics: new MetricStore(), alarms, history };
}

/** Makes an alarm known, or writes what changed of it. */
export function storeAlarm({ parts, alarms }: CloudWatchState, alarm: Alarm): void {
  alarms.set(alarm.arn, alarm);
  const stored: StoredAlarm = { ...alarm, tags: [...alarm.tags] };
  parts.journal.put(TABLES.alarms, alarm.arn, stored);
}

/** Forgets an alarm; its history stays, as on AWS. */
export function dropAlarm({ parts, alarms }: CloudWatchState, { arn }: Alarm): void {
  alarms.delete(arn);
  parts.journal.remove(TABLES.alarms, arn);
}
