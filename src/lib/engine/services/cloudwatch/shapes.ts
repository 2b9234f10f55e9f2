import {
  boolean,
  double,
  integer,
  list,
  map,
  type Operation,
  string,
  structure,
  timestamp,
} from '../../protocol/shape.ts';

const nothing = structure({});
const names = list(string);
const page = { NextToken: string };
const dimension = structure({ Name: string, Value: string }, ['Name', 'Value']);
const dimensions = list(dimension);
const metric = structure({ Namespace: string, MetricName: string, Dimensions: dimensions });
const statisticSet = structure(
  { SampleCount: double, Sum: double, Minimum: double, Maximum: double },
  ['SampleCount', 'Sum', 'Minimum', 'Maximum'],
);
const metricDatum = structure(
  {
    MetricName: string,
    Dimensions: dimensions,
    Timestamp: timestamp,
    Value: double,
    StatisticValues: statisticSet,
    Values: list(double),
    Counts: list(double),
    Unit: string,
    StorageResolution: integer,
  },
  ['MetricName'],
);
const metricStat = structure({ Metric: metric, Period: integer, Stat: string, Unit: string }, [
  'Metric',
  'Period',
  'Stat',
]);
const metricDataQuery = structure(
  {
    Id: string,
    MetricStat: metricStat,
    Expression: string,
    Label: string,
    ReturnData: boolean,
    Period: integer,
    AccountId: string,
  },
  ['Id'],
);
const messages = list(structure({ Code: string, Value: string }));
const metricDataResult = structure({
  Id: string,
  Label: string,
  Timestamps: list(timestamp),
  Values: list(double),
  StatusCode: string,
  Messages: messages,
});
const datapoint = structure({
  Timestamp: timestamp,
  SampleCount: double,
  Average: double,
  Sum: double,
  Minimum: double,
  Maximum: double,
  Unit: string,
});
const tags = list(structure({ Key: string, Value: string }, ['Key', 'Value']));
/** The one metric that an alarm is about. */
const watchedMetric = {
  MetricName: string,
  Namespace: string,
  Statistic: string,
  ExtendedStatistic: string,
  Dimensions: dimensions,
  Period: integer,
  Unit: string,
};
/** What an alarm is, in the order in which answers have it. */
const alarmSettings = {
  OKActions: names,
  AlarmActions: names,
  InsufficientDataActions: names,
  ...watchedMetric,
  EvaluationPeriods: integer,
  DatapointsToAlarm: integer,
  Threshold: double,
  ComparisonOperator: string,
  TreatMissingData: string,
  EvaluateLowSampleCountPercentile: string,
  Metrics: list(metricDataQuery),
  ThresholdMetricId: string,
};
const metricAlarm = structure({
  AlarmName: string,
  AlarmArn: string,
  AlarmDescription: string,
  AlarmConfigurationUpdatedTimestamp: timestamp,
  ActionsEnabled: boolean,
  ...alarmSettings,
  StateValue: string,
  StateReason: string,
  StateReasonData: string,
  StateUpdatedTimestamp: timestamp,
  StateTransitionedTimestamp: timestamp,
});
const historyItem = structure({
  AlarmName: string,
  AlarmType: string,
  Timestamp: timestamp,
  HistoryItemType: string,
  HistorySummary: string,
  HistoryData: string,
});
const byNames = structure({ AlarmNames: names }, ['AlarmNames']);

/** The actions of CloudWatch (API version 2010-08-01) that the engine answers, with their shapes. */
export const cloudWatchOperations: Readonly<Record<string, Operation>> = {
  DeleteAlarms: operation('DeleteAlarms', byNames),
  DescribeAlarmHistory: operation(
    'DescribeAlarmHistory',
    structure({
      AlarmName: string,
      AlarmTypes: names,
      HistoryItemType: string,
      StartDate: timestamp,
      EndDate: timestamp,
      MaxRecords: integer,
      ScanBy: string,
      ...page,
    }),
    structure({ AlarmHistoryItems: list(historyItem), ...page }),
  ),
  DescribeAlarms: operation(
    'DescribeAlarms',
    structure({
      AlarmNames: names,
      AlarmNamePrefix: string,
      AlarmTypes: names,
      ChildrenOfAlarmName: string,
      ParentsOfAlarmName: string,
      StateValue: string,
      ActionPrefix: string,
      MaxRecords: integer,
      ...page,
    }),
    structure({ CompositeAlarms: list(nothing), MetricAlarms: list(metricAlarm), ...page }),
  ),
  DescribeAlarmsForMetric: operation(
    'DescribeAlarmsForMetric',
    structure(watchedMetric, ['MetricName', 'Namespace']),
    structure({ MetricAlarms: list(metricAlarm) }),
  ),
  DisableAlarmActions: operation('DisableAlarmActions', byNames),
  EnableAlarmActions: operation('EnableAlarmActions', byNames),
  GetMetricData: operation(
    'GetMetricData',
    structure(
      {
        MetricDataQueries: list(metricDataQuery),
        StartTime: timestamp,
        EndTime: timestamp,
        ScanBy: string,
        MaxDatapoints: integer,
        ...page,
      },
      ['MetricDataQueries', 'StartTime', 'EndTime'],
    ),
    structure({ MetricDataResults: list(metricDataResult), Messages: messages, ...page }),
  ),
  GetMetricStatistics: operation(
    'GetMetricStatistics',
    structure(
      {
        Namespace: string,
        MetricName: string,
        Dimensions: dimensions,
        StartTime: timestamp,
        EndTime: timestamp,
        Period: integer,
        Statistics: names,
        ExtendedStatistics: names,
        Unit: string,
      },
      ['Namespace', 'MetricName', 'StartTime', 'EndTime', 'Period'],
    ),
    structure({ Label: string, Datapoints: list(datapoint) }),
  ),
  ListMetrics: operation(
    'ListMetrics',
    structure({
      Namespace: string,
      MetricName: string,
      Dimensions: list(structure({ Name: string, Value: string }, ['Name'])),
      RecentlyActive: string,
      ...page,
    }),
    structure({ Metrics: list(metric), ...page }),
  ),
  ListTagsForResource: operation(
    'ListTagsForResource',
    structure({ ResourceARN: string }, ['ResourceARN']),
    structure({ Tags: tags }),
  ),
  PutMetricAlarm: operation(
    'PutMetricAlarm',
    structure(
      {
        AlarmName: string,
        AlarmDescription: string,
        ActionsEnabled: boolean,
        ...alarmSettings,
        EvaluationCriteria: map(string),
        EvaluationInterval: integer,
        Tags: tags,
      },
      ['AlarmName'],
    ),
  ),
  PutMetricData: operation(
    'PutMetricData',
    structure(
      {
        Namespace: string,
        MetricData: list(metricDatum),
        EntityMetricData: list(structure({ MetricData: list(metricDatum) })),
        StrictEntityValidation: boolean,
      },
      ['Namespace'],
    ),
  ),
  SetAlarmState: operation(
    'SetAlarmState',
    structure(
      { AlarmName: string, StateValue: string, StateReason: string, StateReasonData: string },
      ['AlarmName', 'StateValue', 'StateReason'],
    ),
  ),
  TagResource: operation(
    'TagResource',
    structure({ ResourceARN: string, Tags: tags }, ['ResourceARN', 'Tags']),
    nothing,
  ),
  UntagResource: operation(
    'UntagResource',
    structure({ ResourceARN: string, TagKeys: names }, ['ResourceARN', 'TagKeys']),
    nothing,
  ),
};

/** An action without output is answered with request metadata only. */
function operation(
  name: string,
  input: Operation['input'],
  output?: Operation['output'],
): Operation {
  if (output === undefined) return { input, output: nothing };
  return { input, output, resultWrapper: `${name}Result` };
}
