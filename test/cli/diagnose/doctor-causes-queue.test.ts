import {
  CreateKeyCommand,
  DisableKeyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { hasAws } from '../../fixtures/aws-command.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { setAttributes, subscriber, urlOf } from '../../fixtures/topology.ts';
import { mend, onlyFinding, type Patient, useWard } from './doctor.ts';

const endpoint = useEndpoint();
const ward = useWard(endpoint);

const ACCOUNT = '000000000000';
const OWNER = {
  Sid: 'owner',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};

/** Encrypts a subscriber's queue with a new key that lets only its owner in. @returns the key's id. */
async function encrypt(patient: Patient, ...statements: object[]): Promise<string> {
  const kms = await endpoint.aws.kms();
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [OWNER, ...statements] }),
    }),
  );
  const id = KeyMetadata?.KeyId ?? '';
  await setAttributes(patient.place, subscriber(patient.place).queue, { KmsMasterKeyId: id });
  return id;
}

describe('pubsub doctor, on an encrypted queue', () => {
  it('names a key policy that does not let SNS in', async (context) => {
    if (!(await hasAws())) context.skip('the AWS CLI is not installed');
    const patient = await ward.admit();
    const key = await encrypt(patient);

    const found = onlyFinding(await patient.examine(), {
      id: 'encryption-key',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain(key);
    expect(found.evidence).toContain('kms:GenerateDataKey');
    await mend(ward, patient, found);
  });

  it('names the statement of a key policy that denies SNS', async (context) => {
    if (!(await hasAws())) context.skip('the AWS CLI is not installed');
    const patient = await ward.admit();
    const key = await encrypt(patient);
    const allow = {
      Sid: 'sns',
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      Resource: '*',
    };
    const deny = { ...allow, Sid: 'not-sns', Effect: 'Deny', Action: 'kms:Decrypt' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [OWNER, allow, deny] });
    const kms = await endpoint.aws.kms();
    await kms.send(new PutKeyPolicyCommand({ KeyId: key, PolicyName: 'default', Policy }));

    const found = onlyFinding(await patient.examine('email'), {
      id: 'encryption-key',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('"Sid":"not-sns"');
    await mend(ward, patient, found);
  });

  it('is content with a key that lets SNS in', async () => {
    const patient = await ward.admit();
    await encrypt(patient, {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      Resource: '*',
    });

    expect(await patient.examine()).toMatchObject({ ok: true, code: 0 });
  });

  it.for([
    ['disabled', DisableKeyCommand, 'Disabled'],
    ['to be deleted', ScheduleKeyDeletionCommand, 'PendingDeletion'],
  ] as const)('names a key that is %s', async ([_name, command, state], context) => {
    if (!(await hasAws())) context.skip('the AWS CLI is not installed');
    const patient = await ward.admit();
    const KeyId = await encrypt(patient, {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      Resource: '*',
    });
    const kms = await endpoint.aws.kms();
    await (command === DisableKeyCommand
      ? kms.send(new DisableKeyCommand({ KeyId }))
      : kms.send(new ScheduleKeyDeletionCommand({ KeyId })));

    const found = onlyFinding(await patient.examine(), {
      id: 'encryption-key',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain(state);
    await mend(ward, patient, found);
  });

  it.for([
    ['the key that AWS manages for SQS', 'alias/aws/sqs'],
    ['a key that is not there', '6f0d3b0a-0000-4000-8000-000000000000'],
  ] as const)('names %s', async ([_name, key], context) => {
    if (!(await hasAws())) context.skip('the AWS CLI is not installed');
    const patient = await ward.admit();
    await setAttributes(patient.place, subscriber(patient.place).queue, { KmsMasterKeyId: key });

    const found = onlyFinding(await patient.examine(), {
      id: 'encryption-key',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain(key);
    await mend(ward, patient, found);
  });
});

describe('pubsub doctor, behind the queue', () => {
  it('names a queue whose settings lose messages', async () => {
    const patient = await ward.admit();
    await setAttributes(patient.place, subscriber(patient.place).queue, {
      MessageRetentionPeriod: '60',
    });

    const found = onlyFinding(await patient.examine(), {
      id: 'queue-attributes',
      subject: 'email',
      verdict: 'warn',
    });

    expect(found.evidence).toContain('MessageRetentionPeriod is 60, not 345600');
    await mend(ward, patient, found);
  });

  it('names a dead-letter queue whose settings lose letters', async () => {
    const patient = await ward.admit();
    await setAttributes(patient.place, subscriber(patient.place).dlq, {
      MessageRetentionPeriod: '3600',
    });

    const found = onlyFinding(await patient.examine(), {
      id: 'dlq-attributes',
      subject: 'email',
      verdict: 'warn',
    });

    await mend(ward, patient, found);
  });

  it('names a queue without a dead-letter queue', async () => {
    const patient = await ward.admit();
    await setAttributes(patient.place, subscriber(patient.place).queue, { RedrivePolicy: '' });

    const found = onlyFinding(await patient.examine(), {
      id: 'redrive',
      subject: 'email',
      verdict: 'warn',
    });

    await mend(ward, patient, found);
  });

  it('names a redrive policy whose dead-letter queue was deleted', async () => {
    const patient = await ward.admit();
    const QueueUrl = await urlOf(patient.place, subscriber(patient.place).dlq);
    await endpoint.aws.sqs.send(new DeleteQueueCommand({ QueueUrl }));

    const found = onlyFinding(await patient.examine(), {
      id: 'redrive',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('not there');
    await mend(ward, patient, found);
  });

  it('names a dead-letter queue that shuts its queue out', async () => {
    const patient = await ward.admit();
    await setAttributes(patient.place, subscriber(patient.place).dlq, {
      RedriveAllowPolicy: '{"redrivePermission":"denyAll"}',
    });

    const found = onlyFinding(await patient.examine(), {
      id: 'redrive',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toContain('denyAll');
    await mend(ward, patient, found);
  });

  it('names a redrive policy that gives a message one chance only', async () => {
    const patient = await ward.admit();
    const { queue, dlq } = subscriber(patient.place);
    await setAttributes(patient.place, queue, {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${dlq}`,
        maxReceiveCount: 1,
      }),
    });

    const found = onlyFinding(await patient.examine(), {
      id: 'redrive',
      subject: 'email',
      verdict: 'warn',
    });

    expect(found.evidence).toContain('maxReceiveCount is 1');
    await mend(ward, patient, found);
  });
});
