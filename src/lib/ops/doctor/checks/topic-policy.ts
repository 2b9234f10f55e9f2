import type { PolicyPrincipal } from '../../../model/policy/index.ts';
import { fail, type Finding, type Fix, ok, topicCheck } from '../check.ts';
import type { Circumstances } from '../facts.ts';
import { judgePolicy } from '../policy-words.ts';

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
        return fail(`sns:Publish: ${verdict.evidence}`, withoutStatement(arn, verdict.sid));
      case 'unreadable':
        return fail(verdict.evidence);
      case 'allow':
        return ok('The topic policy lets you publish.');
      case 'none':
        return ok('No statement of the topic policy forbids you to publish.');
    }
  },
});

function callerOf({ arn, account }: Circumstances['identity']): PolicyPrincipal {
  return { type: 'AWS', arn: arn ?? '', account: account ?? '' };
}

function withoutStatement(topicArn: string, sid: string | undefined): Fix | undefined {
  if (sid === undefined) return undefined;
  return {
    tool: 'aws',
    words: ['sns', 'remove-permission', '--topic-arn', topicArn, '--label', sid],
  };
}
