import type {
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  MetricAlarm,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import type { Alarm, Watched } from '../alarms/alarm.ts';
import type { CloudWatchContext } from '../context.ts';
import { notHere, validationError } from '../errors.ts';
import { alarmsOf, checkAlarmNames } from '../lookup.ts';
import { metricKey } from '../metrics/series.ts';
import { recordsPage } from '../pages.ts';

const PAGE_SIZE = 50;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export function describeAlarms(
  input: DescribeAlarmsInput,
  ctx: CloudWatchContext,
): DescribeAlarmsOutput {
  const { AlarmNames, AlarmNamePrefix, AlarmTypes, StateValue, ActionPrefix } = input;
  if (input.ChildrenOfAlarmName ?? input.ParentsOfAlarmName) throw notHere('composite alarms');
  if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
    throw validationError('AlarmNamePrefix and AlarmNames are mutually exclusive.');
  }
  checkAlarmNames(AlarmNames ?? []);
  // Alarms of several metrics are metric alarms, too: composite ones there are none here.
  const areWanted = AlarmTypes === undefined || AlarmTypes.includes('MetricAlarm');
  const found = alarmsOf(ctx).filter(
    ({ settings: { name, actions }, state }) =>
      areWanted &&
      (AlarmNames?.includes(name) ?? true) &&
      name.startsWith(AlarmNamePrefix ?? '') &&
      (StateValue === undefined || state.value === StateValue) &&
      (ActionPrefix === undefined ||
        Object.values(actions).some((arns) => arns.some((arn) => arn.startsWith(ActionPrefix)))),
  );
  const { items, ...page } = recordsPage(found, input, PAGE_SIZE);
  return { CompositeAlarms: [], MetricAlarms: items.map(describe), ...page };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html */
export function describeAlarmsForMetric(
  input: DescribeAlarmsForMetricInput,
  ctx: CloudWatchContext,
): DescribeAlarmsForMetricOutput {
  const { Namespace: namespace = '', MetricName: name = '', Dimensions = [] } = input;
  const dimensions = Dimensions.map(({ Name = '', Value = '' }) => ({ Name, Value }));
  const key = metricKey({ namespace, name, dimensions });
  const found = alarmsOf(ctx).filter(({ settings: { watched, period } }) => {
    if (watched.kind !== 'metric' || metricKey(watched) !== key) return false;
    const { Statistic, Period, Unit } = input;
    return (
      (Statistic ?? watched.statistic) === watched.statistic &&
      (Period ?? period) === period &&
      (Unit ?? watched.unit) === watched.unit
    );
  });
  return { MetricAlarms: found.map(describe) };
}

function describe({ arn, settings, configuredAt, state }: Alarm): MetricAlarm {
  const { actions, watched, description, datapointsToAlarm, missingData } = settings;
  return {
    AlarmName: settings.name,
    AlarmArn: arn,
    ...(description === undefined ? {} : { AlarmDescription: description }),
    AlarmConfigurationUpdatedTimestamp: new Date(configuredAt),
    ActionsEnabled: settings.actionsEnabled,
    OKActions: [...actions.OK],
    AlarmActions: [...actions.ALARM],
    InsufficientDataActions: [...actions.INSUFFICIENT_DATA],
    ...describeWatched(watched, settings.period),
    EvaluationPeriods: settings.evaluationPeriods,
    ...(datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: datapointsToAlarm }),
    Threshold: settings.threshold,
    ComparisonOperator: settings.comparison,
    ...(missingData === undefined ? {} : { TreatMissingData: missingData }),
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.data === undefined ? {} : { StateReasonData: state.data }),
    StateUpdatedTimestamp: new Date(state.updatedAt),
    StateTransitionedTimestamp: new Date(state.transitionedAt),
  };
}

function describeWatched(watched: Watched, period: number): MetricAlarm {
  if (watched.kind === 'queries') return { Metrics: [...watched.queries], Dimensions: [] };
  return {
    MetricName: watched.name,
    Namespace: watched.namespace,
    Statistic: watched.statistic,
    Dimensions: [...watched.dimensions],
    Period: period,
    ...(watched.unit === undefined ? {} : { Unit: watched.unit as StandardUnit }),
  };
}
