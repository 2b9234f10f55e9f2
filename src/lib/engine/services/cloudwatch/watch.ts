import type { Clock } from '../../clock.ts';
import { evaluateAlarm } from './alarms/evaluate.ts';
import { MINUTE_MS } from './metrics/series.ts';
import type { CloudWatchState } from './state.ts';

/** By as much a timer, or a wall clock that is set, may be off. */
const TOLERANCE_MS = 500;

/** With each minute of the engine's clock the metrics get their data points, and then the alarms are evaluated. */
export function watchMinutes(clock: Clock, state: () => CloudWatchState): void {
  const wait = () => {
    const left = MINUTE_MS - ((clock.timestamp() + TOLERANCE_MS) % MINUTE_MS) + TOLERANCE_MS;
    clock.schedule(clock.now() + left, () => {
      endMinute(state());
      wait();
    });
  };
  wait();
}

/** Ends the minute that has just passed. */
function endMinute(state: CloudWatchState): void {
  const { metrics, alarms, resources, parts } = state;
  const now = Math.floor((parts.clock.timestamp() + TOLERANCE_MS) / MINUTE_MS);
  for (const { samples, ...resource } of resources.lastMinute()) {
    for (const sample of samples) metrics.append(resource, sample, now - 1);
  }
  if (now % 60 === 0) metrics.expire(now);
  for (const alarm of alarms.values()) evaluateAlarm(state, alarm, now * MINUTE_MS);
}
