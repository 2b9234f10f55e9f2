import { type AwsFix, aws, branchCheck, type Finding, fail, ok, SETUP } from '../check.ts';
import { judgeDelivery, withoutNumber } from '../policy-words.ts';

/** Whether the queue's policy lets the topic send, as SQS evaluates it. */
export const queuePolicy = branchCheck({
  id: 'queue-policy',
  reads: ({ queue }) => ({ queue }),
  run: ({ queue: { arn, url, attributes } }, { topic }, { now }): Finding => {
    const verdict = judgeDelivery(attributes.Policy, { topicArn: topic.arn, queueArn: arn, now });
    switch (verdict.decision) {
      case 'allow':
        return ok(verdict.evidence);
      case 'none':
        return fail(`sqs:SendMessage for ${topic.arn}: ${verdict.evidence}`, SETUP);
      case 'unreadable':
        return fail(verdict.evidence, {
          ...aws('sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', 'Policy='),
          next: 'setup',
        });
      case 'deny':
        return fail(`sqs:SendMessage for ${topic.arn}: ${verdict.evidence}`, {
          ...withoutStatement(url, attributes.Policy ?? '', verdict.statement),
          next: 'setup',
        });
    }
  },
});

/** Takes one statement out: by its label, or by writing the policy without it where it has none. */
function withoutStatement(url: string, policy: string, statement: string | number): AwsFix {
  if (typeof statement === 'string') {
    return aws('sqs', 'remove-permission', '--queue-url', url, '--label', statement);
  }
  const attributes = JSON.stringify({ Policy: withoutNumber(policy, statement) });
  return aws('sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', attributes);
}
