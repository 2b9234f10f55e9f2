import type { Attributes } from '../../../aws/topics.ts';
import type { Difference } from '../../../topology/change.ts';
import {
  dlqSettings,
  messageSizeDifference,
  queueSettings,
  settingDifferences,
} from '../../../topology/queue-settings.ts';
import { type Finding, ok, SETUP, subscriberCheck, warn } from '../check.ts';

/** Whether the queue keeps and shows messages as the topology says. */
export const queueAttributes = subscriberCheck({
  id: 'queue-attributes',
  reads: ({ queue }) => ({ queue }),
  run: ({ queue: { attributes } }, { spec }) =>
    compare(attributes, [
      ...settingDifferences(queueSettings(spec), attributes),
      ...messageSizeDifference(attributes),
    ]),
});

/** The same for the dead-letter queue: one that keeps letters too short loses them. */
export const dlqAttributes = subscriberCheck({
  id: 'dlq-attributes',
  reads: ({ dlq }) => ({ dlq }),
  run: ({ dlq: { attributes } }, { spec }) =>
    compare(attributes, [
      ...settingDifferences(dlqSettings(spec), attributes),
      ...messageSizeDifference(attributes),
    ]),
});

/** Settings that can lose or hold back messages, and how. */
const EFFECTS: Readonly<Record<string, string>> = {
  MessageRetentionPeriod: 'older messages are dropped',
  MaximumMessageSize: 'larger messages are dropped',
  DelaySeconds: 'messages come that much later',
  VisibilityTimeout: 'a message that takes longer to handle is handed out again',
  ReceiveMessageWaitTimeSeconds: 'how long a receive waits',
};

function compare(found: Attributes, differences: readonly Difference[]): Finding {
  if (differences.length === 0) {
    return ok(
      `keeps ${found.MessageRetentionPeriod ?? '?'} s, hides ${found.VisibilityTimeout ?? '?'} s`,
    );
  }
  const words = differences.map(({ setting, from, to }) => {
    const effect = EFFECTS[setting];
    return `${setting} is ${from}, not ${to}${effect ? ` (${effect})` : ''}`;
  });
  return warn(`${words.join('; ')}.`, SETUP);
}
