import type { Action } from '../../../action.ts';
import {
  deleteAlarms,
  describeAlarmHistory,
  disableAlarmActions,
  enableAlarmActions,
  setAlarmState,
} from './alarms.ts';
import { describeAlarms, describeAlarmsForMetric } from './describe-alarms.ts';
import { getMetricData, getMetricStatistics } from './metric-data.ts';
import { listMetrics, putMetricData } from './metrics.ts';
import { putMetricAlarm } from './put-metric-alarm.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';

/** CloudWatch's actions by name. */
export const cloudWatchActions: Readonly<Record<string, Action>> = {
  DeleteAlarms: deleteAlarms,
  DescribeAlarmHistory: describeAlarmHistory,
  DescribeAlarms: describeAlarms,
  DescribeAlarmsForMetric: describeAlarmsForMetric,
  DisableAlarmActions: disableAlarmActions,
  EnableAlarmActions: enableAlarmActions,
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
  ListTagsForResource: listTagsForResource,
  PutMetricAlarm: putMetricAlarm,
  PutMetricData: putMetricData,
  SetAlarmState: setAlarmState,
  TagResource: tagResource,
  UntagResource: untagResource,
};
