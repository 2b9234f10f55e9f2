import type { Alarm } from './alarms/alarm.ts';
import type { CloudWatchContext } from './context.ts';
import { noResource, validationError } from './errors.ts';

/** Names that one request gives at the most. */
const MAX_NAMES = 100;

/** The ARN of an alarm of the caller; what all of them begin with unless a name is given. */
export function alarmArn(
  { account, region }: Pick<CloudWatchContext, 'account' | 'region'>,
  name = '',
): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** The caller's alarm of that name; undefined where there is none. */
export function alarmNamed(ctx: CloudWatchContext, name: string): Alarm | undefined {
  return ctx.state.alarms.get(alarmArn(ctx, name));
}

/** @throws ServiceError `ValidationError` for more names than a request may give */
export function checkAlarmNames(names: readonly string[]): void {
  if (names.length <= MAX_NAMES) return;
  throw validationError(`At most ${MAX_NAMES} AlarmNames can be given.`);
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
