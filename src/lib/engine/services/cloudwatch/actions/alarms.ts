import type {
  DeleteAlarmsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  EnableAlarmActionsInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { isJson } from '../../../../rules/text/is-json.ts';
import { ServiceError } from '../../../errors.ts';
import { STATE_VALUES } from '../alarms/alarm.ts';
import type { HistoryItem } from '../alarms/history.ts';
import { changeState } from '../alarms/transition.ts';
import type { CloudWatchContext } from '../context.ts';
import { noAlarm, validationError } from '../errors.ts';
import { alarmArn, alarmNamed, checkAlarmNames } from '../lookup.ts';
import { recordsPage } from '../pages.ts';
import { dropAlarm, storeAlarm } from '../state.ts';

const PAGE_SIZE = 100;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
export function setAlarmState(input: SetAlarmStateInput, ctx: CloudWatchContext): void {
  const { AlarmName = '', StateReason: reason = '', StateReasonData: data } = input;
  const value = STATE_VALUES.find((each) => each === input.StateValue);
  if (value === undefined) {
    throw validationError(`StateValue must be one of ${STATE_VALUES.join(', ')}.`);
  }
  if (data !== undefined && !isJson(data)) {
    throw new ServiceError('InvalidFormatFault', 'StateReasonData is no JSON.', {
      queryCode: 'InvalidFormat',
    });
  }
  const alarm = alarmNamed(ctx, AlarmName);
  if (alarm === undefined) throw noAlarm();
  changeState(ctx.state, alarm, { value, reason, data });
}

/** Deleting alarms that aren't there is no error. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
export function deleteAlarms({ AlarmNames = [] }: DeleteAlarmsInput, ctx: CloudWatchContext): void {
  checkAlarmNames(AlarmNames);
  const time = ctx.clock.timestamp();
  for (const name of AlarmNames) {
    const alarm = alarmNamed(ctx, name);
    if (alarm === undefined) continue;
    dropAlarm(ctx.state, alarm);
    ctx.state.history.add(
      alarm,
      { time, type: 'ConfigurationUpdate', summary: `Alarm "${name}" deleted` },
      { version: '1.0', type: 'Delete', deletedAlarm: { alarmArn: alarm.arn, alarmName: name } },
    );
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html */
export function enableAlarmActions(input: EnableAlarmActionsInput, ctx: CloudWatchContext): void {
  switchActions(input, ctx, true);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html */
export function disableAlarmActions(input: EnableAlarmActionsInput, ctx: CloudWatchContext): void {
  switchActions(input, ctx, false);
}

function switchActions(
  { AlarmNames = [] }: EnableAlarmActionsInput,
  ctx: CloudWatchContext,
  actionsEnabled: boolean,
): void {
  checkAlarmNames(AlarmNames);
  for (const name of AlarmNames) {
    const alarm = alarmNamed(ctx, name);
    if (alarm === undefined || alarm.settings.actionsEnabled === actionsEnabled) continue;
    alarm.settings = { ...alarm.settings, actionsEnabled };
    alarm.configuredAt = ctx.clock.timestamp();
    storeAlarm(ctx.state, alarm);
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
export function describeAlarmHistory(
  input: DescribeAlarmHistoryInput,
  ctx: CloudWatchContext,
): DescribeAlarmHistoryOutput {
  const { AlarmName, AlarmTypes, HistoryItemType, StartDate, EndDate } = input;
  const own = alarmArn(ctx);
  const areWanted = AlarmTypes === undefined || AlarmTypes.includes('MetricAlarm');
  const found = ctx.state.history
    .list()
    .filter(
      ({ arn, name, type, time }: HistoryItem) =>
        areWanted &&
        arn.startsWith(own) &&
        (AlarmName === undefined || name === AlarmName) &&
        (HistoryItemType === undefined || type === HistoryItemType) &&
        (StartDate === undefined || time >= StartDate.getTime()) &&
        (EndDate === undefined || time <= EndDate.getTime()),
    );
  if (input.ScanBy !== 'TimestampAscending') found.reverse();
  const { items, ...page } = recordsPage(found, input, PAGE_SIZE);
  return {
    AlarmHistoryItems: items.map(({ name, time, type, summary, data }) => ({
      AlarmName: name,
      AlarmType: 'MetricAlarm',
      Timestamp: new Date(time),
      HistoryItemType: type,
      HistorySummary: summary,
      HistoryData: data,
    })),
    ...page,
  };
}
