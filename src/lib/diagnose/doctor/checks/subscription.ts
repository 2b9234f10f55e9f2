import { aws, branchCheck, type Finding, fail, ok, SETUP, warn } from '../check.ts';

/** Whether the topic has exactly one confirmed subscription of the queue. */
export const subscription = branchCheck({
  id: 'subscription',
  reads: ({ attachment }) => ({ attachment }),
  run: ({ attachment: { confirmed, pending, elsewhere } }, { spec, queueArn, topic }): Finding => {
    const [first, ...more] = confirmed;
    if (first?.arn !== undefined && more.length === 0) return ok(first.arn);
    if (first !== undefined) {
      const second = more.map(({ arn }) => arn).join(', ');
      return warn(
        `The queue has ${confirmed.length} subscriptions to this topic, so each message comes ${confirmed.length} times: ${first.arn}, ${second}.`,
        aws('sns', 'unsubscribe', '--subscription-arn', more[0]?.arn ?? ''),
      );
    }
    if (pending.length > 0) {
      return fail(
        `The subscription of ${queueArn} is PendingConfirmation: SNS delivers nothing before it is confirmed.`,
        { tool: 'pubsub', words: ['doctor', spec.name, '--fix'], safe: true },
      );
    }
    const [other] = elsewhere;
    if (other !== undefined) {
      return fail(
        `The topic delivers to ${other.endpoint}, a queue of the same name elsewhere, and not to ${queueArn}.`,
        SETUP,
      );
    }
    return fail(`The topic ${topic.name} has no subscription of ${queueArn}.`, SETUP);
  },
});
