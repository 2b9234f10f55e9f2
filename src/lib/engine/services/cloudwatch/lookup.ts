import type { Alarm } from './alarms/alarm.ts';
import type { CloudWatchContext } from './context.ts';
import { noResource } from './errors.ts';

/** The ARN of an alarm of the caller. */
export function alarmArn(
  { account, region }: Pick<CloudWatchContext, 'account' | 'region'>,
  name: string,
): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** The caller's alarm of that name; undefined where there is none. */
export function alarmNamed(ctx: CloudWatchContext, name: string): Alarm | undefined {
  return ctx.state.alarms.get(alarmArn(ctx, name));
}

/** All alarms of the caller, by name. */
export function alarmsOf({ state, account, region }: CloudWatchContext): Alarm[] {
  return [...state.alarms.values()]
    .filter((alarm) => alarm.account === account && alarm.region === region)
    .sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
}

/** The caller's alarm of that ARN. @throws ServiceError `ResourceNotFoundException` */
export function alarmAt({ state, account, region }: CloudWatchContext, arn: string): Alarm {
  const alarm = state.alarms.get(arn);
  if (alarm === undefined || alarm.account !== account || alarm.region !== region) {
    throw noResource(arn);
  }
  return alarm;
}
