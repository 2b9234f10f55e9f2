import { parseArn } from '../../../rules/names.ts';
import type { PolicyPrincipal } from '../../../rules/policy/index.ts';
import { aws, type Finding, type Fix, fail, ok, topicCheck } from '../check.ts';
import type { Circumstances } from '../facts.ts';
import { judgePolicy, withoutNumber } from '../policy-words.ts';

/** Whether the topic's own policy lets the caller publish. In the topic's account only a Deny can forbid it. */
export const topicPolicy = topicCheck({
  id: 'topic-policy',
  reads: ({ attributes }) => ({ attributes }),
  run: ({ attributes }, { arn }, { identity, now }): Finding => {
    const verdict = judgePolicy(attributes.Policy, {
      principal: callerOf(identity),
      action: 'sns:Publish',
      resource: arn,
      context: {
        'aws:SourceOwner': identity.account ?? '',
        'aws:SourceAccount': identity.account ?? '',
        'aws:RequestedRegion': identity.region,
        'aws:SecureTransport': 'true',
        'aws:CurrentTime': new Date(now).toISOString(),
        'aws:EpochTime': String(Math.floor(now / 1000)),
      },
    });
    switch (verdict.decision) {
      case 'deny':
        return fail(
          `sns:Publish: ${verdict.evidence}`,
          withoutStatement(arn, attributes.Policy ?? '', verdict.statement),
        );
      case 'unreadable':
        return fail(verdict.evidence);
      case 'allow':
        return ok('lets you publish');
      case 'none':
        return ok('no statement forbids you to publish');
    }
  },
});

function callerOf({ arn, account }: Circumstances['identity']): PolicyPrincipal {
  return { type: 'AWS', arn: arn ?? '', account: account ?? '' };
}

/** Takes one statement out: by its label, or by writing the policy without it where it has none. */
function withoutStatement(topicArn: string, policy: string, statement: string | number): Fix {
  const topic = ['--topic-arn', topicArn];
  if (typeof statement === 'string') {
    return aws('sns', 'remove-permission', ...topic, '--label', statement);
  }
  const value = withoutNumber(policy, statement) || ownerPolicy(topicArn);
  return aws(
    'sns',
    'set-topic-attributes',
    ...topic,
    '--attribute-name',
    'Policy',
    '--attribute-value',
    value,
  );
}

/** What AWS gives a new topic, as far as publishing goes: SNS takes no empty policy. */
function ownerPolicy(topicArn: string): string {
  const account = parseArn(topicArn)?.account ?? '';
  const owner = {
    Sid: 'owner',
    Effect: 'Allow',
    Principal: { AWS: account },
    Action: 'sns:Publish',
    Resource: topicArn,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [owner] });
}
