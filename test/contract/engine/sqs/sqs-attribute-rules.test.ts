import { AddPermissionCommand, CreateQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { sqsCalls } from '../../../fixtures/sqs-calls.ts';
import { queueName, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const engine = useSqsEngine();

const { create, attributes, set } = sqsCalls(() => engine.sqs);

describe('FifoQueue', () => {
  test('may be set again to what it is, beside others', async () => {
    const url = await create({ FifoQueue: 'true' });
    await set(url, { FifoQueue: 'true', DelaySeconds: '7' });
    expect(await attributes(url, 'FifoQueue', 'DelaySeconds')).toEqual({
      FifoQueue: 'true',
      DelaySeconds: '7',
    });
  });

  test("can't be changed", async () => {
    const fifo = await create({ FifoQueue: 'true' });
    await expect(set(fifo, { FifoQueue: 'false' })).rejects.toMatchObject({
      name: 'InvalidAttributeValue',
      message:
        'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    });
    const standard = await create();
    await expect(set(standard, { FifoQueue: 'true' })).rejects.toMatchObject({
      name: 'InvalidAttributeName',
      message: 'Unknown Attribute FifoQueue.',
    });
  });
});

describe('attributes of high throughput', () => {
  test.each([
    ['DeduplicationScope', 'messageGroup'],
    ['FifoThroughputLimit', 'perMessageGroupId'],
  ])('%s is refused on a standard queue', async (name, value) => {
    const refusal = {
      name: 'InvalidAttributeName',
      message: `You can specify the ${name} only when FifoQueue is set to true.`,
    };
    await expect(create({ [name]: value })).rejects.toMatchObject(refusal);
    await expect(set(await create(), { [name]: value })).rejects.toMatchObject(refusal);
  });
});

describe('encryption', () => {
  const both = {
    name: 'InvalidAttributeName',
    message:
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  };

  test('is by one kind of key only', async () => {
    await expect(
      create({ KmsMasterKeyId: 'alias/aws/sqs', SqsManagedSseEnabled: 'true' }),
    ).rejects.toMatchObject(both);
    const url = await create({ KmsMasterKeyId: 'alias/aws/sqs' });
    await expect(set(url, { SqsManagedSseEnabled: 'true' })).rejects.toMatchObject(both);
  });

  test('without a KMS key the reuse period is not shown', async () => {
    const url = await create({ KmsDataKeyReusePeriodSeconds: '600' });
    expect(await attributes(url)).not.toHaveProperty('KmsDataKeyReusePeriodSeconds');
    await set(url, { KmsMasterKeyId: 'alias/aws/sqs' });
    expect(await attributes(url, 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled')).toEqual({
      KmsDataKeyReusePeriodSeconds: '600',
      SqsManagedSseEnabled: 'false',
    });
    await set(url, { KmsMasterKeyId: '' });
    expect(await attributes(url)).not.toHaveProperty('KmsDataKeyReusePeriodSeconds');
  });
});

describe('RedriveAllowPolicy', () => {
  test.each(['denyAll', 'allowAll'])('with %s may have null for sourceQueueArns', async (kind) => {
    const RedriveAllowPolicy = JSON.stringify({ redrivePermission: kind, sourceQueueArns: null });
    const url = await create({ RedriveAllowPolicy });
    expect(await attributes(url, 'RedriveAllowPolicy')).toEqual({ RedriveAllowPolicy });
  });

  test.each([
    { redrivePermission: 'byQueue', sourceQueueArns: null },
    { redrivePermission: 'byQueue', sourceQueueArns: [] },
    { redrivePermission: 'denyAll', sourceQueueArns: ['arn:aws:sqs:us-east-1:111122223333:a'] },
  ])('%j is refused', async (policy) => {
    await expect(create({ RedriveAllowPolicy: JSON.stringify(policy) })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
});

describe('Policy', () => {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 'sqs:SendMessage',
    Resource: 'arn:aws:sqs:us-east-1:111122223333:a',
  };
  const policy = (...statements: object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: statements });

  test.each([
    policy({ ...statement, Resource: [statement.Resource, `${statement.Resource}b`] }),
    policy(statement, { ...statement, Resource: ['*', statement.Resource] }),
  ])('with several resources in a statement is refused', async (Policy) => {
    const refusal = {
      name: 'InvalidAttributeValue',
      message: 'Invalid value for the parameter Policy.',
    };
    await expect(create({ Policy })).rejects.toMatchObject(refusal);
    await expect(set(await create(), { Policy })).rejects.toMatchObject(refusal);
  });

  test.each(['my-queue', '*', 'https://sqs.us-east-1.amazonaws.com/111122223333/a', ['my-queue']])(
    'with the resource %j is stored',
    async (Resource) => {
      const Policy = policy({ ...statement, Resource });
      const url = await create({ Policy });
      expect(await attributes(url, 'Policy')).toEqual({ Policy });
    },
  );

  test('is begun by AddPermission in the older version of the language', async () => {
    const QueueName = queueName();
    const { QueueUrl } = await engine.sqs.send(new CreateQueueCommand({ QueueName }));
    await engine.sqs.send(
      new AddPermissionCommand({
        QueueUrl,
        Label: 'label',
        AWSAccountIds: ['210987654321'],
        Actions: ['ReceiveMessage'],
      }),
    );
    const { Policy = '' } = await attributes(QueueUrl ?? '', 'Policy');
    const arn = `arn:aws:sqs:us-east-1:111122223333:${QueueName}`;
    expect(JSON.parse(Policy)).toEqual({
      Version: '2008-10-17',
      Id: `${arn}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'label',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::210987654321:root' },
          Action: 'SQS:ReceiveMessage',
          Resource: arn,
        },
      ],
    });
  });
});
