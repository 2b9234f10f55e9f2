import { parseArn } from '../../../rules/names.ts';
import { allowTopic, mergeStatement, removeStatement } from '../../../rules/policy/document.ts';
import { type AwsFix, aws, branchCheck, type Finding, fail, ok } from '../check.ts';
import { orAbsent } from '../fact.ts';
import type { BranchFacts, KeyFacts } from '../facts.ts';
import { judgePolicy, type PolicyVerdict, withoutNumber } from '../policy-words.ts';
import { MANAGED_KEY } from '../read-key.ts';

/** What SNS needs of the key ("Configure KMS permissions for AWS services", SQS Developer Guide). */
const NEEDED = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

/** Whether SNS may use the key that encrypts the queue. */
export const encryptionKey = branchCheck({
  id: 'encryption-key',
  reads: ({ queue, key }) => ({ queue, key: orAbsent(key) }),
  run: ({ queue: { url, attributes }, key: found }, branch, { now }): Finding => {
    const id = attributes.KmsMasterKeyId;
    if (!id) return ok('no customer key: SNS needs no permission');
    const named = `KmsMasterKeyId is ${id}`;
    if (id.endsWith(MANAGED_KEY) || found?.key.manager === 'AWS') {
      return fail(
        `${named}, a key that AWS manages: its policy can't be changed, and doesn't let sns.amazonaws.com use it.`,
        withoutKey(url),
      );
    }
    if (found === undefined) return fail(`${named}, a key that is not there.`, withoutKey(url));
    const { key } = found;
    if (key.state !== 'Enabled') {
      return fail(`${named}, whose state is ${key.state}: nobody can use it.`, enabled(found));
    }
    for (const action of NEEDED) {
      const verdict = judge(found, action, branch, now);
      if (verdict.decision === 'allow') continue;
      return fail(
        `${named}, whose policy does not let sns.amazonaws.com ${action}: ${verdict.evidence}`,
        letIn(found, verdict, branch),
      );
    }
    return ok(`${named}, whose policy lets sns.amazonaws.com in.`);
  },
});

function judge(
  { key, policy }: KeyFacts,
  action: string,
  { queueArn, topic }: BranchFacts,
  now: number,
): PolicyVerdict {
  return judgePolicy(policy, {
    principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
    action,
    resource: key.arn,
    context: {
      'aws:SourceArn': topic.arn,
      'aws:SourceAccount': parseArn(topic.arn)?.account ?? '',
      'aws:SecureTransport': 'true',
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1000)),
      'kms:ViaService': `sqs.${parseArn(queueArn)?.region}.amazonaws.com`,
      'kms:EncryptionContext:aws:sqs:arn': queueArn,
    },
  });
}

/** Back to the encryption that SQS manages itself, which needs no key policy. */
function withoutKey(url: string): AwsFix {
  const attributes = '{"KmsMasterKeyId":"","SqsManagedSseEnabled":"true"}';
  return aws('sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', attributes);
}

function enabled({ key }: KeyFacts): AwsFix {
  const enable = ['kms', 'enable-key', '--key-id', key.id];
  const cancel = ['kms', 'cancel-key-deletion', '--key-id', key.id];
  return {
    tool: 'aws',
    commands: key.state === 'PendingDeletion' ? [cancel, enable] : [enable],
  };
}

/** The key policy with a statement that lets the topic's service in, or without the one that keeps it out. */
function letIn(
  { key, policy }: KeyFacts,
  verdict: PolicyVerdict,
  { topic, queueArn }: BranchFacts,
): AwsFix | undefined {
  if (verdict.decision === 'unreadable') return undefined;
  const kept =
    verdict.decision === 'deny'
      ? typeof verdict.statement === 'string'
        ? removeStatement(policy, verdict.statement).text
        : withoutNumber(policy, verdict.statement)
      : policy;
  const { text } = mergeStatement(kept, {
    ...allowTopic(topic.arn, queueArn),
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    Resource: '*',
  });
  const compact = JSON.stringify(JSON.parse(text));
  return aws(
    'kms',
    'put-key-policy',
    '--key-id',
    key.id,
    '--policy-name',
    'default',
    '--policy',
    compact,
  );
}
