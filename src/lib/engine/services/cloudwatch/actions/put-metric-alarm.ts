import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../alarms/alarm.ts';
import { readAlarm } from '../alarms/read.ts';
import type { CloudWatchContext } from '../context.ts';
import { validationError } from '../errors.ts';
import { alarmArn } from '../lookup.ts';
import { storeAlarm } from '../state.ts';
import { checkedTags } from './tags.ts';

/** Alarms that one engine keeps. */
const MAX_ALARMS = 5_000;

/**
 * Makes an alarm, or gives one that is there all settings anew; its state stays, and its tags.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function putMetricAlarm(input: PutMetricAlarmInput, ctx: CloudWatchContext): void {
  const { state, account, region } = ctx;
  const settings = readAlarm(input, region);
  const tags = checkedTags(input.Tags ?? []);
  const arn = alarmArn(ctx, settings.name);
  const now = ctx.clock.timestamp();
  const existing = state.alarms.get(arn);
  if (existing === undefined && state.alarms.size >= MAX_ALARMS) {
    throw validationError(`The local engine keeps ${MAX_ALARMS} alarms at most.`);
  }
  const alarm: Alarm = existing ?? {
    arn,
    account,
    region,
    tags,
    settings,
    configuredAt: now,
    state: {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      data: undefined,
      updatedAt: now,
      transitionedAt: now,
    },
  };
  alarm.settings = settings;
  alarm.configuredAt = now;
  storeAlarm(state, alarm);
  const type = existing === undefined ? 'Create' : 'Update';
  state.history.add(
    alarm,
    {
      time: now,
      type: 'ConfigurationUpdate',
      summary: `Alarm "${settings.name}" ${type === 'Create' ? 'created' : 'updated'}`,
    },
    { version: '1.0', type, [`${type.toLowerCase()}dAlarm`]: { alarmArn: arn, ...input } },
  );
}
