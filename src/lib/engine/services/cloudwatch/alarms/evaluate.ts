import { SECOND_MS } from '../metrics/checks.ts';
import {
  periodsOf,
  type Query,
  readQueries,
  runQueries,
  type WindowOf,
} from '../metrics/queries.ts';
import type { CloudWatchState } from '../state.ts';
import type { Alarm, AlarmSettings } from './alarm.ts';
import { type Datapoint, decide, evaluationRange } from './decide.ts';
import { reasonData, reasonFor } from './reason.ts';
import { changeState } from './transition.ts';

/** Queries are read once for each configuration of an alarm. */
const read = new WeakMap<AlarmSettings, readonly Query[]>();

/** Holds the data against an alarm, and changes its state. @param end of the last period, in milliseconds since the epoch */
export function evaluateAlarm(state: CloudWatchState, alarm: Alarm, end: number): void {
  const { settings } = alarm;
  const decision = decide(settings, datapointsOf(state, alarm, end));
  if (decision === undefined || decision.value === alarm.state.value) return;
  changeState(state, alarm, {
    value: decision.value,
    reason: reasonFor(settings, decision, alarm.state.value),
    data: reasonData(settings, decision, state.parts.clock.timestamp()),
  });
}

/** The periods of the evaluation range, the earliest first; the last one ends at `end`. */
function datapointsOf({ metrics }: CloudWatchState, alarm: Alarm, end: number): Datapoint[] {
  const { settings } = alarm;
  const { period } = settings;
  const queries = read.get(settings) ?? queriesOf(settings);
  read.set(settings, queries);
  const start = end - evaluationRange(settings) * period * SECOND_MS;
  const windowOf: WindowOf = () => ({ start, end });
  const returned = queries.find((each) => each.returned)?.id ?? '';
  const values = runQueries(metrics, alarm, queries, windowOf).get(returned);
  return periodsOf(period, windowOf).map((time) => ({ time, value: values?.get(time) }));
}

/** What an alarm watches, as queries of which one is returned. */
function queriesOf({ watched, period }: AlarmSettings): Query[] {
  if (watched.kind === 'queries') return readQueries(watched.queries);
  const { statistic, unit, name } = watched;
  const of = { kind: 'metric', metric: watched, statistic, unit } as const;
  return [{ id: name, label: name, returned: true, period, of }];
}
