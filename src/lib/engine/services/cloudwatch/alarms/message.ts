import type { Dimension as GivenDimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Alarm, AlarmSettings, StateValue } from './alarm.ts';
import { offsetTime } from './reason.ts';
import { regionName } from './region-name.ts';

/** Longest subject of a notification (API reference of SNS, `Publish`). */
const MAX_SUBJECT = 100;

/** The subject of an alarm's notification. */
export function alarmSubject({ settings, state, region }: Alarm): string {
  const subject = `${state.value}: "${settings.name}" in ${regionName(region)}`;
  return subject.length <= MAX_SUBJECT ? subject : `${subject.slice(0, MAX_SUBJECT - 3)}...`;
}

/**
 * The document that CloudWatch publishes to a topic when an alarm changes its state.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
 */
export function alarmMessage(alarm: Alarm, before: StateValue): object {
  const { settings, state, arn, account, region, configuredAt } = alarm;
  const { actions, description } = settings;
  return {
    AlarmName: settings.name,
    AlarmDescription: description ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: offsetTime(configuredAt),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: offsetTime(state.transitionedAt),
    Region: regionName(region),
    AlarmArn: arn,
    OldStateValue: before,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
    Trigger: triggerOf(settings),
  };
}

function triggerOf(settings: AlarmSettings): object {
  const { watched, period, evaluationPeriods, datapointsToAlarm } = settings;
  const common = {
    Period: period,
    EvaluationPeriods: evaluationPeriods,
    ...(datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: datapointsToAlarm }),
    ComparisonOperator: settings.comparison,
    Threshold: settings.threshold,
    TreatMissingData: settings.missingData ?? 'missing',
    EvaluateLowSampleCountPercentile: '',
  };
  if (watched.kind === 'queries') return { ...common, Metrics: watched.queries.map(queryIn) };
  return {
    MetricName: watched.name,
    Namespace: watched.namespace,
    StatisticType: 'Statistic',
    Statistic: watched.statistic.toUpperCase(),
    Unit: watched.unit ?? null,
    Dimensions: dimensionsIn(watched.dimensions),
    ...common,
  };
}

function queryIn({
  Id,
  Label,
  Expression,
  MetricStat,
  ReturnData = true,
}: MetricDataQuery): object {
  const { Metric: { Dimensions = [], ...metric } = {}, ...stat } = MetricStat ?? {};
  return {
    ...(Expression === undefined ? {} : { Expression }),
    Id,
    ...(Label === undefined ? {} : { Label }),
    ...(MetricStat === undefined
      ? {}
      : { MetricStat: { Metric: { Dimensions: dimensionsIn(Dimensions), ...metric }, ...stat } }),
    ReturnData,
  };
}

/** Here the names are written small. */
function dimensionsIn(dimensions: readonly GivenDimension[]): object[] {
  return dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));
}
