import { SECOND_MS } from '../metrics/checks.ts';
import { type Query, readQueries, runQueries, type WindowOf } from '../metrics/queries.ts';
import { aggregates, readStatistic, statisticOf } from '../metrics/statistics.ts';
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
  const periodMs = settings.period * SECOND_MS;
  const start = end - evaluationRange(settings) * periodMs;
  const values = valuesOf();
  return Array.from({ length: evaluationRange(settings) }, (_, index) => {
    const time = start + index * periodMs;
    return { time, value: values.get(time) };
  });

  function valuesOf(): ReadonlyMap<number, number> {
    const { watched } = settings;
    if (watched.kind === 'queries') {
      const queries = read.get(settings) ?? readQueries(watched.queries);
      read.set(settings, queries);
      const windowOf: WindowOf = () => ({ start, end });
      const returned = queries.find((each) => each.returned)?.id ?? '';
      return runQueries(metrics, alarm, queries, windowOf).get(returned) ?? new Map();
    }
    const statistic = readStatistic(watched.statistic);
    const found = aggregates(metrics.find(alarm, watched), { start, end, periodMs }, watched.unit);
    return new Map(found.map((each) => [each.start, statisticOf(statistic, each)]));
  }
}
