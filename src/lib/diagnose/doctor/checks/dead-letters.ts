import { shownDuration } from '../../../rules/text/duration.ts';
import { shownText } from '../../../rules/text/shown-text.ts';
import { fail, ok, subscriberCheck } from '../check.ts';

/** Whether messages lie in the dead-letter queue, and why consumers of this machine say that they failed. */
export const deadLetters = subscriberCheck({
  id: 'dead-letters',
  reads: ({ dlq }) => ({ dlq }),
  run: ({ dlq }, { spec, reasons, oldestDeadLetter }, { now }) => {
    const { attributes } = dlq;
    const count =
      Number(attributes.ApproximateNumberOfMessages ?? 0) +
      Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
    if (count === 0) return ok(`${dlq.name} is empty`);
    const [latest] = reasons;
    const why = latest
      ? ` The consumer failed ${shownDuration((now - Date.parse(latest.time)) / 1000)} ago on message ${latest.messageId}: "${shownText(latest.reason.trim())}".`
      : '';
    const letters = count === 1 ? '1 message lies' : `${count} messages lie`;
    const age =
      oldestDeadLetter === undefined ? '' : `, the oldest ${shownDuration(oldestDeadLetter)} old`;
    return fail(
      `${letters} in ${dlq.name}${age}: received ${spec.maxReceiveCount} times and never deleted.${why} Fix the consumer before you send them back.`,
      { tool: 'pubsub', words: ['dlq', 'redrive', spec.name], safe: false },
    );
  },
});
