import { type AlarmSettings, COMPARISONS, type StateValue } from './alarm.ts';
import type { Decision } from './decide.ts';

const TREATED_AS = { breaching: 'Breaching', notBreaching: 'NonBreaching' } as const;

/** Why an alarm is in the state that the data lead it to, in CloudWatch's words. @param before the state that it was in */
export function reasonFor(
  settings: AlarmSettings,
  { value, evaluated, breaching, filled }: Decision,
  before: StateValue,
): string {
  const { evaluationPeriods, missingData } = settings;
  if (value === 'INSUFFICIENT_DATA') {
    const were = filled === 1 ? 'datapoint was' : 'datapoints were';
    return `Insufficient Data: ${filled} ${were} unknown.`;
  }
  const treated = missingData === 'breaching' || missingData === 'notBreaching';
  if (evaluated.length === 0 && treated) {
    const periods = `${evaluationPeriods} ${evaluationPeriods === 1 ? 'period' : 'periods'}`;
    const were = filled === 1 ? 'datapoint was' : 'datapoints were';
    return `Threshold Crossed: no datapoints were received for ${periods} and ${filled} missing ${were} treated as [${TREATED_AS[missingData]}].`;
  }
  const isAlarm = value === 'ALARM';
  const counted = isAlarm ? breaching : evaluated.length - breaching;
  const values = evaluated.map(({ value: each, time }) => `${decimal(each)} (${dayTime(time)})`);
  const was = counted === 1 ? 'was' : 'were';
  const { words } = COMPARISONS[settings.comparison];
  const minimum = isAlarm
    ? (settings.datapointsToAlarm ?? evaluationPeriods)
    : evaluationPeriods - (settings.datapointsToAlarm ?? evaluationPeriods) + 1;
  const transition =
    before === value
      ? ''
      : ` (minimum ${minimum} ${minimum === 1 ? 'datapoint' : 'datapoints'} for ${isAlarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
  return `Threshold Crossed: ${counted} out of the last ${evaluated.length} datapoints [${values.join(', ')}] ${was} ${isAlarm ? '' : 'not '}${words} the threshold (${decimal(settings.threshold)})${transition}.`;
}

/** `28/11/26 15:00:00` */
function dayTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
}

/** A double as Java writes it: with a fraction. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `2026-11-28T15:00:00.000+0000` */
export function offsetTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

/** `StateReasonData`, the same for programs. @param now milliseconds since the epoch */
export function reasonData(settings: AlarmSettings, decision: Decision, now: number): string {
  const { watched, period, threshold, evaluationPeriods } = settings;
  const [first] = decision.evaluated;
  return JSON.stringify({
    version: '1.0',
    queryDate: offsetTime(now),
    ...(first === undefined ? {} : { startDate: offsetTime(first.time) }),
    ...(watched.kind === 'metric' ? { statistic: watched.statistic } : {}),
    ...(watched.kind === 'metric' && watched.unit !== undefined ? { unit: watched.unit } : {}),
    period,
    recentDatapoints: decision.evaluated.map(({ value }) => value),
    threshold,
    evaluatedDatapoints: evaluatedLatestFirst(decision, evaluationPeriods),
  });
}

function evaluatedLatestFirst({ evaluated }: Decision, most: number) {
  return [...evaluated]
    .reverse()
    .slice(0, most)
    .map(({ time, value }) => ({ timestamp: offsetTime(time), value }));
}
