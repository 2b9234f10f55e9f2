import { mergedPolicy } from '../../../topology/queue-policy.ts';
import { type AwsFix, aws, branchCheck, type Finding, fail, ok, SETUP } from '../check.ts';
import type { QueueFacts } from '../facts.ts';
import { judgeDelivery, withoutNumber } from '../policy-words.ts';

/** Whether the queue's policy lets the topic send, as SQS evaluates it. */
export const queuePolicy = branchCheck({
  id: 'queue-policy',
  reads: ({ queue }) => ({ queue }),
  run: ({ queue: { arn, url, attributes } }, { topic, spec }, { now, topology }): Finding => {
    const verdict = judgeDelivery(attributes.Policy, { topicArn: topic.arn, queueArn: arn, now });
    switch (verdict.decision) {
      case 'allow':
        return ok(verdict.evidence);
      case 'none':
        return fail(
          `sqs:SendMessage for ${topic.arn}: ${verdict.evidence}`,
          topology.managed ? SETUP : withStatement(spec.queue, { arn, url, attributes }, topic.arn),
        );
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

/** Puts in a statement that lets the topic send, where setup may not do it. */
function withStatement(
  name: string,
  { arn, url, attributes }: Pick<QueueFacts, 'arn' | 'url' | 'attributes'>,
  topicArn: string,
): AwsFix {
  const parties = { queue: name, queueArn: arn, topicArns: [topicArn] };
  const Policy = mergedPolicy(attributes.Policy || undefined, parties).text;
  const json = JSON.stringify({ Policy });
  return aws('sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', json);
}

/** Takes one statement out: by its label, or by writing the policy without it where it has none. */
function withoutStatement(url: string, policy: string, statement: string | number): AwsFix {
  if (typeof statement === 'string') {
    return aws('sqs', 'remove-permission', '--queue-url', url, '--label', statement);
  }
  const attributes = JSON.stringify({ Policy: withoutNumber(policy, statement) });
  return aws('sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', attributes);
}
