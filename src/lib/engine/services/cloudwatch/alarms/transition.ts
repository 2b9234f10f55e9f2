import type { CloudWatchState } from '../state.ts';
import { storeAlarm } from '../state.ts';
import type { Alarm, StateValue } from './alarm.ts';
import { alarmMessage, alarmSubject } from './message.ts';
import { offsetTime } from './reason.ts';

/** What an alarm comes to. */
export interface NewState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly data: string | undefined;
}

/** Brings an alarm into a state; where that is a new one it goes into the history, and the alarm's actions are run. */
export function changeState(state: CloudWatchState, alarm: Alarm, to: NewState): void {
  const now = state.parts.clock.timestamp();
  const before = alarm.state;
  const isTransition = to.value !== before.value;
  const transitionedAt = isTransition ? now : before.transitionedAt;
  alarm.state = { ...to, updatedAt: now, transitionedAt };
  storeAlarm(state, alarm);
  if (!isTransition) return;
  const told = ({ value, reason, data }: NewState) => ({
    stateValue: value,
    stateReason: reason,
    ...(data === undefined ? {} : { stateReasonData: JSON.parse(data) as unknown }),
  });
  state.history.add(
    alarm,
    {
      time: now,
      type: 'StateUpdate',
      summary: `Alarm updated from ${before.value} to ${to.value}`,
    },
    { version: '1.0', oldState: told(before), newState: told(to) },
  );
  if (alarm.settings.actionsEnabled) runActions(state, alarm, before.value, now);
}

function runActions(state: CloudWatchState, alarm: Alarm, before: StateValue, time: number): void {
  const { arn: sourceArn, account, settings } = alarm;
  const sender = { service: 'cloudwatch.amazonaws.com', sourceArn, account };
  const subject = alarmSubject(alarm);
  const body = JSON.stringify(alarmMessage(alarm, before));
  for (const topicArn of settings.actions[alarm.state.value]) {
    const result = state.topics.publish(topicArn, { subject, body }, sender);
    const summary = result.ok
      ? `Successfully executed action ${topicArn}`
      : `Failed to execute action ${topicArn}. Received error: "${result.reason}"`;
    state.history.add(
      alarm,
      { time, type: 'Action', summary },
      {
        actionState: result.ok ? 'Succeeded' : 'Failed',
        stateUpdateTimestamp: offsetTime(time),
        notificationResource: topicArn,
        ...(result.ok ? { publishedMessage: { default: body } } : { error: result.reason }),
      },
    );
  }
}
