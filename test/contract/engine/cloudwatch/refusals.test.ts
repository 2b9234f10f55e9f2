import * as commands from '@aws-sdk/client-cloudwatch';
import { it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.CloudWatchClient);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const ALARM = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:topic';
const datum = { MetricName: 'm', Value: 1 };
const span = {
  StartTime: new Date('2026-01-01T00:00:00Z'),
  EndTime: new Date('2026-01-01T01:00:00Z'),
};
const stats = { ...span, Namespace: 'n', MetricName: 'none', Period: 60 };
const query = {
  Id: 'q',
  MetricStat: { Metric: { Namespace: 'n', MetricName: 'm' }, Period: 60, Stat: 'Sum' },
};
const byMetrics = {
  AlarmName: 'a',
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 1,
  Threshold: 1,
};
const alarm = { ...byMetrics, Namespace: 'n', MetricName: 'm', Statistic: 'Sum', Period: 60 };
const calls: Answer[] = [
  [
    'PutMetricData',
    { Namespace: '', MetricData: [datum] },
    '400 MissingRequiredParameterException: The parameter Namespace is required.',
  ],
  [
    'PutMetricData',
    { Namespace: 'AWS/Own', MetricData: [datum] },
    '400 InvalidParameterValueException: The value AWS/ for parameter Namespace is invalid.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [] },
    '400 MissingRequiredParameterException: The parameter MetricData is required.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: Array(1001).fill(datum) },
    '400 InvalidParameterValueException: The collection MetricData must not have a size greater than 1000.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ ...datum, MetricName: '' }] },
    '400 MissingRequiredParameterException: The parameter MetricData.member.1.MetricName is required.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ ...datum, Timestamp: new Date(0) }] },
    '400 InvalidParameterValueException: The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in the past and two hours in the future.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ ...datum, Values: [1] }] },
    '400 InvalidParameterCombinationException: MetricData.member.1 needs exactly one of Value, Values and StatisticValues: 2 were given.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ MetricName: 'm' }] },
    '400 InvalidParameterCombinationException: MetricData.member.1 needs exactly one of Value, Values and StatisticValues: 0 were given.',
  ],
  [
    'PutMetricData',
    {
      Namespace: 'n',
      MetricData: [
        { MetricName: 'm', StatisticValues: { SampleCount: 0, Sum: 1, Minimum: 1, Maximum: 1 } },
      ],
    },
    '400 InvalidParameterValueException: MetricData.member.1.StatisticValues.SampleCount must be above 0.',
  ],
  [
    'PutMetricData',
    {
      Namespace: 'n',
      MetricData: [
        { MetricName: 'm', StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 2, Maximum: 1 } },
      ],
    },
    '400 InvalidParameterValueException: MetricData.member.1.StatisticValues: Minimum is above Maximum.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ MetricName: 'm', Values: Array(151).fill(1) }] },
    '400 InvalidParameterValueException: The collection MetricData.member.1.Values must not have a size greater than 150.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ MetricName: 'm', Values: [1, 2], Counts: [1] }] },
    '400 InvalidParameterValueException: MetricData.member.1: Values and Counts must have the same length.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ MetricName: 'm', Values: [1], Counts: [0] }] },
    '400 InvalidParameterValueException: MetricData.member.1.Counts must be above 0.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ MetricName: 'm', Values: Array(150).fill(1) }] },
    {},
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ ...datum, Unit: 'Miles' }] },
    '400 ValidationException: The value Miles for parameter Unit is not supported: it must be one of Seconds, Microseconds, Milliseconds, Bytes, Kilobytes, Megabytes, Gigabytes, Terabytes, Bits, Kilobits, Megabits, Gigabits, Terabits, Percent, Count, Bytes/Second, Kilobytes/Second, Megabytes/Second, Gigabytes/Second, Terabytes/Second, Bits/Second, Kilobits/Second, Megabits/Second, Gigabits/Second, Terabits/Second, Count/Second, None.',
  ],
  [
    'PutMetricData',
    {
      Namespace: 'n',
      MetricData: [
        {
          ...datum,
          Dimensions: Array.from({ length: 31 }, (_, at) => ({ Name: `d${at}`, Value: 'v' })),
        },
      ],
    },
    '400 ValidationException: The collection Dimensions must not have a size greater than 30.',
  ],
  [
    'PutMetricData',
    { Namespace: 'n', MetricData: [{ ...datum, Dimensions: [{ Name: '', Value: 'v' }] }] },
    '400 ValidationException: A dimension must have a Name and a Value that are not empty.',
  ],
  ['PutMetricData', { Namespace: 'n', MetricData: [{ ...datum, StorageResolution: 7 }] }, {}],
  [
    'ListMetrics',
    { RecentlyActive: 'PT1H' },
    '400 InvalidParameterValueException: The only value of RecentlyActive is PT3H.',
  ],
  [
    'ListMetrics',
    { NextToken: 'none' },
    '400 InvalidNextToken: The specified nextToken is invalid.',
  ],
  ['ListMetrics', { Namespace: 'none' }, { Metrics: [] }],
  [
    'GetMetricStatistics',
    stats,
    '400 MissingRequiredParameterException: Must specify either Statistics or ExtendedStatistics',
  ],
  [
    'GetMetricStatistics',
    { ...stats, Statistics: ['Sum'], Period: 61 },
    '400 ValidationException: Period must be 10, 20, 30 or a multiple of 60',
  ],
  [
    'GetMetricStatistics',
    { ...stats, Statistics: ['Sum'], Period: 0 },
    '400 ValidationException: Period must be 10, 20, 30 or a multiple of 60',
  ],
  [
    'GetMetricStatistics',
    { ...stats, Statistics: ['Other'] },
    '400 ValidationException: The value Other for parameter Stat is not supported. It must be one of SampleCount, Average, Sum, Minimum, Maximum.',
  ],
  [
    'GetMetricStatistics',
    { ...stats, ExtendedStatistics: ['p101'] },
    '400 ValidationException: The local engine does not support the statistic p101: it keeps SampleCount, Average, Sum, Minimum, Maximum of each minute.',
  ],
  [
    'GetMetricStatistics',
    { ...stats, Statistics: ['Sum'], EndTime: stats.StartTime },
    '400 InvalidParameterValueException: The parameter StartTime must be less than the parameter EndTime.',
  ],
  [
    'GetMetricStatistics',
    { ...stats, Statistics: ['Sum'], EndTime: new Date('2026-01-02T00:01:00Z') },
    '400 InvalidParameterCombinationException: You have requested up to 1441 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
  ],
  ['GetMetricStatistics', { ...stats, Statistics: ['Sum'] }, { Label: 'none', Datapoints: [] }],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [] },
    '400 MissingRequiredParameterException: The parameter MetricDataQueries is required.',
  ],
  [
    'GetMetricData',
    {
      ...span,
      MetricDataQueries: Array.from({ length: 501 }, (_, at) => ({ ...query, Id: `q${at}` })),
    },
    '400 InvalidParameterValueException: The collection MetricDataQueries must not have a size greater than 500.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [query, query] },
    '400 ValidationException: The id q is there more than once.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ ...query, Id: 'Q' }] },
    '400 ValidationException: Invalid id Q: it must begin with a lower case letter and hold letters, digits and underscores only.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ Id: 'q' }] },
    '400 ValidationException: The query q needs either MetricStat or Expression.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ ...query, Expression: '1' }] },
    '400 ValidationException: The query q has MetricStat and Expression: only one of them may be.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ Id: 'q', Expression: 'x +' }] },
    "400 ValidationException: Error in expression 'x +': Invalid syntax",
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ Id: 'q', Expression: 'x + 1' }] },
    '400 ValidationException: Error in expression: there is no query x.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ Id: 'q', Expression: 'SEARCH(1)' }] },
    '400 ValidationException: The local engine does not support the metric math function SEARCH: it has + - * / ( ), comparisons, AND, OR, IF and FILL.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ Id: 'q', Expression: '1' }] },
    '400 ValidationException: The expression "1" is about no metric.',
  ],
  [
    'GetMetricData',
    {
      ...span,
      MetricDataQueries: [{ ...query, MetricStat: { ...query.MetricStat, Stat: 'Other' } }],
    },
    '400 ValidationException: The value Other for parameter Stat is not supported. It must be one of SampleCount, Average, Sum, Minimum, Maximum.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [{ ...query, MetricStat: { ...query.MetricStat, Period: 7 } }] },
    '400 ValidationException: Period must be 10, 20, 30 or a multiple of 60',
  ],
  [
    'GetMetricData',
    { ...span, EndTime: span.StartTime, MetricDataQueries: [query] },
    '400 InvalidParameterValueException: The parameter StartTime must be less than the parameter EndTime.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [query], NextToken: 'none' },
    '400 InvalidNextToken: The specified nextToken is invalid.',
  ],
  [
    'GetMetricData',
    { ...span, MetricDataQueries: [query], MaxDatapoints: 1 },
    '400 InvalidParameterValueException: The queries ask for up to 60 data points: the local engine answers 100800 at most, or MaxDatapoints, in one page. Use a longer Period or a shorter time range.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, AlarmName: '' },
    '400 ValidationException: AlarmName must have 1 to 255 characters.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, AlarmName: 'a'.repeat(256) },
    '400 ValidationException: AlarmName must have 1 to 255 characters.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, AlarmActions: Array(6).fill(TOPIC) },
    '400 ValidationException: An alarm has at most 5 actions for each state.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] },
    '400 ValidationException: The local engine does not support the alarm action arn:aws:automate:us-east-1:ec2:stop: it notifies SNS topics only.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Period: 7 },
    '400 ValidationException: Period must be 10, 20, 30 or a multiple of 60',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, EvaluationPeriods: 0 },
    '400 ValidationException: EvaluationPeriods must be at least 1.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, EvaluationPeriods: 2000 },
    '400 ValidationException: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, DatapointsToAlarm: 2 },
    '400 ValidationException: DatapointsToAlarm must be between 1 and EvaluationPeriods.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, DatapointsToAlarm: 0 },
    '400 ValidationException: DatapointsToAlarm must be between 1 and EvaluationPeriods.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, TreatMissingData: 'other' },
    '400 ValidationException: TreatMissingData must be one of missing, ignore, breaching, notBreaching.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, ComparisonOperator: 'Other' },
    '400 ValidationException: ComparisonOperator must be one of GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold, LessThanOrEqualToThreshold.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, ComparisonOperator: 'GreaterThanUpperThreshold' },
    '400 ValidationException: The local engine does not support anomaly detection (GreaterThanUpperThreshold).',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Statistic: 'Other' },
    '400 ValidationException: The value Other for parameter Stat is not supported. It must be one of SampleCount, Average, Sum, Minimum, Maximum.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Statistic: undefined },
    '400 ValidationException: The value  for parameter Stat is not supported. It must be one of SampleCount, Average, Sum, Minimum, Maximum.',
  ],
  ['PutMetricAlarm', { ...alarm, ExtendedStatistic: 'p99' }, {}],
  [
    'PutMetricAlarm',
    { ...alarm, Threshold: undefined },
    '400 ValidationException: The parameter Threshold is required.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, MetricName: undefined },
    '400 ValidationException: An alarm needs MetricName and Namespace, or Metrics.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Namespace: undefined },
    '400 ValidationException: An alarm needs MetricName and Namespace, or Metrics.',
  ],
  ['PutMetricAlarm', { ...alarm, Metrics: [] }, {}],
  [
    'PutMetricAlarm',
    { ...alarm, Metrics: [query] },
    '400 ValidationException: An alarm has either Metrics, or MetricName, Namespace, Dimensions, Period, Unit and Statistic.',
  ],
  [
    'PutMetricAlarm',
    { ...byMetrics, Metrics: [{ ...query, ReturnData: false }] },
    '400 ValidationException: Exactly one element of the metrics list should return data.',
  ],
  [
    'PutMetricAlarm',
    { ...byMetrics, Metrics: [query, { ...query, Id: 'r' }] },
    '400 ValidationException: Exactly one element of the metrics list should return data.',
  ],
  [
    'PutMetricAlarm',
    {
      ...byMetrics,
      Metrics: Array.from({ length: 21 }, (_, at) => ({
        ...query,
        Id: `q${at}`,
        ReturnData: at === 0,
      })),
    },
    '400 ValidationException: An alarm has at most 20 Metrics.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Unit: 'Miles' },
    '400 ValidationException: The value Miles for parameter Unit is not supported: it must be one of Seconds, Microseconds, Milliseconds, Bytes, Kilobytes, Megabytes, Gigabytes, Terabytes, Bits, Kilobits, Megabits, Gigabits, Terabits, Percent, Count, Bytes/Second, Kilobytes/Second, Megabytes/Second, Gigabytes/Second, Terabytes/Second, Bits/Second, Kilobits/Second, Megabits/Second, Gigabits/Second, Terabits/Second, Count/Second, None.',
  ],
  ['PutMetricAlarm', { ...alarm, EvaluateLowSampleCountPercentile: 'ignore' }, {}],
  [
    'PutMetricAlarm',
    { ...alarm, Tags: [{ Key: '', Value: 'v' }] },
    "400 InvalidParameterValueException: A tag's key must have 1 to 128 characters.",
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Tags: [{ Key: 'aws:k', Value: 'v' }] },
    '400 InvalidParameterValueException: A tag may not begin with aws:.',
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Tags: [{ Key: 'k'.repeat(129), Value: 'v' }] },
    "400 InvalidParameterValueException: A tag's key must have 1 to 128 characters.",
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
    "400 InvalidParameterValueException: A tag's value must have 256 characters at most.",
  ],
  [
    'PutMetricAlarm',
    { ...alarm, Tags: Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: 'v' })) },
    '400 InvalidParameterValueException: A resource has at most 50 tags.',
  ],
  ['PutMetricAlarm', alarm, {}],
  [
    'SetAlarmState',
    { AlarmName: 'a', StateValue: 'Other', StateReason: 'r' },
    '400 ValidationException: StateValue must be one of OK, ALARM, INSUFFICIENT_DATA.',
  ],
  [
    'SetAlarmState',
    { AlarmName: 'a', StateValue: 'OK', StateReason: 'r', StateReasonData: '{' },
    '400 InvalidFormatFault: StateReasonData is no JSON.',
  ],
  [
    'SetAlarmState',
    { AlarmName: 'none', StateValue: 'OK', StateReason: 'r' },
    '404 ResourceNotFound: UnknownError',
  ],
  [
    'DescribeAlarms',
    { AlarmNamePrefix: 'a', AlarmNames: ['a'] },
    '400 ValidationException: AlarmNamePrefix and AlarmNames are mutually exclusive.',
  ],
  [
    'DescribeAlarms',
    { ChildrenOfAlarmName: 'a' },
    '400 ValidationException: The local engine does not support composite alarms.',
  ],
  [
    'DescribeAlarms',
    { ParentsOfAlarmName: 'a' },
    '400 ValidationException: The local engine does not support composite alarms.',
  ],
  [
    'DescribeAlarms',
    { AlarmNames: Array(101).fill('a') },
    '400 ValidationException: At most 100 AlarmNames can be given.',
  ],
  [
    'DescribeAlarms',
    { MaxRecords: 0 },
    '400 ValidationException: MaxRecords must be between 1 and 100.',
  ],
  [
    'DescribeAlarms',
    { MaxRecords: 101 },
    '400 ValidationException: MaxRecords must be between 1 and 100.',
  ],
  [
    'DescribeAlarms',
    { NextToken: 'none' },
    '400 InvalidNextToken: The specified nextToken is invalid.',
  ],
  ['DescribeAlarms', { AlarmNames: ['none'] }, { CompositeAlarms: [], MetricAlarms: [] }],
  [
    'DescribeAlarmHistory',
    { MaxRecords: 0 },
    '400 ValidationException: MaxRecords must be between 1 and 100.',
  ],
  ['DescribeAlarmHistory', { AlarmName: 'none' }, { AlarmHistoryItems: [] }],
  [
    'DescribeAlarmHistory',
    { NextToken: 'none' },
    '400 InvalidNextToken: The specified nextToken is invalid.',
  ],
  [
    'DeleteAlarms',
    { AlarmNames: Array(101).fill('a') },
    '400 ValidationException: At most 100 AlarmNames can be given.',
  ],
  [
    'EnableAlarmActions',
    { AlarmNames: Array(101).fill('a') },
    '400 ValidationException: At most 100 AlarmNames can be given.',
  ],
  [
    'DisableAlarmActions',
    { AlarmNames: Array(101).fill('a') },
    '400 ValidationException: At most 100 AlarmNames can be given.',
  ],
  [
    'TagResource',
    { ResourceARN: `${ALARM}none`, Tags: [{ Key: 'k', Value: 'v' }] },
    '404 ResourceNotFoundException: There is no alarm arn:aws:cloudwatch:us-east-1:111122223333:alarm:none',
  ],
  [
    'TagResource',
    {
      ResourceARN: `${ALARM}a`,
      Tags: [
        { Key: 'k', Value: 'v' },
        { Key: 'l', Value: 'w' },
      ],
    },
    {},
  ],
  ['UntagResource', { ResourceARN: `${ALARM}a`, TagKeys: ['k', 'none'] }, {}],
  ['ListTagsForResource', { ResourceARN: `${ALARM}a` }, { Tags: [{ Key: 'l', Value: 'w' }] }],
  [
    'ListTagsForResource',
    { ResourceARN: `${ALARM}none` },
    '404 ResourceNotFoundException: There is no alarm arn:aws:cloudwatch:us-east-1:111122223333:alarm:none',
  ],
  [
    'PutCompositeAlarm',
    { AlarmName: 'c', AlarmRule: 'TRUE' },
    '400 UnsupportedOperation: The local engine does not support CloudWatch PutCompositeAlarm.',
  ],
  [
    'PutDashboard',
    { DashboardName: 'd', DashboardBody: '{}' },
    '400 UnsupportedOperation: The local engine does not support CloudWatch PutDashboard.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  await ask(calls);
});
