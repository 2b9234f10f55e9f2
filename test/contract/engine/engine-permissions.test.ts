import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { identify } from '../../../src/lib/aws/identity.ts';
import { listTopicSubscriptions } from '../../../src/lib/aws/subscriptions.ts';
import { getTopicAttributes } from '../../../src/lib/aws/topics.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { EXIT } from '../../../src/lib/rules/errors.ts';
import { parseFaults } from '../../../src/lib/rules/faults.ts';
import { ACCOUNT, REGION, refusalOf, type SnsEngine, startSns } from '../../fixtures/sns-engine.ts';

let engine: SnsEngine;
const opened: { destroy(): void }[] = [];

afterEach(async () => {
  for (const client of opened.splice(0)) client.destroy();
  await engine.stop();
});

interface Keys {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

function clients({ AccessKeyId = ACCOUNT, SecretAccessKey = 'test', SessionToken }: Keys = {}) {
  const config = {
    endpoint: engine.running.endpoint,
    region: REGION,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    },
    maxAttempts: 1,
  };
  const made = {
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
    kms: new KMSClient(config),
  };
  opened.push(made.sns, made.sqs, made.sts, made.kms);
  return made;
}

async function sessionWith(statement: unknown): Promise<ReturnType<typeof clients>> {
  const { Credentials } = await clients().sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/reader`,
      RoleSessionName: 'test',
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    }),
  );
  return clients(Credentials ?? {});
}

describe('a denied permission', () => {
  test('is refused in the words of each service', async () => {
    engine = await startSns({
      faults: parseFaults('deny=sns:ListTopics,deny=sqs:*,deny=kms:Describe*,deny=sts:*'),
    });
    const { sns, sqs, kms, sts } = clients();
    const who = `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform:`;
    const why = 'with an explicit deny in an identity-based policy';

    expect(await refusalOf(sns.send(new ListTopicsCommand({})))).toMatchObject({
      name: 'AuthorizationErrorException',
      code: 'AuthorizationError',
      status: 403,
      message: `${who} SNS:ListTopics on resource: * ${why}`,
    });
    expect(await refusalOf(sqs.send(new ListQueuesCommand({})))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
      message: `${who} sqs:listqueues on resource: * ${why}`,
    });
    expect(
      await refusalOf(sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' }))),
    ).toMatchObject({
      message: `${who} sqs:getqueueurl on resource: arn:aws:sqs:${REGION}:${ACCOUNT}:orders ${why}`,
    });
    expect(await refusalOf(kms.send(new DescribeKeyCommand({ KeyId: 'alias/a' })))).toMatchObject({
      name: 'AccessDeniedException',
      status: 400,
      message: `${who} kms:DescribeKey on resource: arn:aws:kms:${REGION}:${ACCOUNT}:alias/a ${why}`,
    });
    expect(await refusalOf(sts.send(new GetSessionTokenCommand({})))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
    });
    // What nobody can be denied, and what was not named.
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(ACCOUNT);
    expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([]);
  });

  test('covers the batches of its action', async () => {
    engine = await startSns({ faults: parseFaults('deny=sns:publish') });
    const topic = await engine.topic('denied');
    const batch = new PublishBatchCommand({
      TopicArn: topic,
      PublishBatchRequestEntries: [{ Id: 'a', Message: 'm' }],
    });

    expect(await refusalOf(engine.sns.send(batch))).toMatchObject({
      message: expect.stringContaining(`SNS:Publish on resource: ${topic}`),
    });
  });
});

describe('a session policy', () => {
  test('allows what it names and nothing else', async () => {
    engine = await startSns();
    const topic = await engine.topic('orders');
    const { url } = await engine.queue('orders');
    const other = await engine.queue('other');
    const reader = await sessionWith([
      {
        Effect: 'Allow',
        Action: ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
        Resource: `arn:aws:sqs:*:*:orders`,
      },
      { Effect: 'Allow', Action: 'sns:List*', Resource: '*' },
    ]);
    const read = (QueueUrl: string) =>
      reader.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));

    expect((await read(url)).Attributes?.QueueArn).toContain(':orders');
    expect(await refusalOf(read(other.url))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        'because no session policy allows the sqs:getqueueattributes action',
      ),
    });
    const Entries = [{ Id: 'a', MessageBody: 'm' }];
    const { Successful } = await reader.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries }),
    );
    expect(Successful).toHaveLength(1);
    expect((await reader.sns.send(new ListTopicsCommand({}))).Topics).toHaveLength(1);
    expect(
      await refusalOf(reader.sns.send(new GetTopicAttributesCommand({ TopicArn: topic }))),
    ).toMatchObject({
      name: 'AuthorizationErrorException',
      message: expect.stringContaining(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/test`),
    });
    // Keys that such a session gets are as restricted.
    expect(await refusalOf(reader.sts.send(new GetSessionTokenCommand({})))).toMatchObject({
      name: 'AccessDenied',
    });
    // The account itself is not.
    expect((await engine.topicAttributes(topic)).TopicArn).toBe(topic);
  });

  test('allows the roles that it names', async () => {
    engine = await startSns();
    const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    const Action = ['sts:AssumeRole', 'sqs:DeleteMessage'];
    const { sts, sqs } = await sessionWith({ Effect: 'Allow', Action, Resource: role('next') });
    const assume = (name: string) =>
      sts.send(new AssumeRoleCommand({ RoleArn: role(name), RoleSessionName: 'test' }));

    expect((await assume('next')).AssumedRoleUser?.Arn).toContain(':assumed-role/next/test');
    expect(await refusalOf(assume('other'))).toMatchObject({
      message: expect.stringContaining(`sts:AssumeRole on resource: ${role('other')}`),
    });
    const { url } = await engine.queue('orders');
    const ReceiptHandle = 'anything';
    expect(
      await refusalOf(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))),
    ).toMatchObject({ message: expect.stringContaining('the sqs:deletemessage action') });
  });

  test('denies what it names', async () => {
    engine = await startSns();
    const topic = await engine.topic('orders');
    const most = await sessionWith([
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'sns:GetTopicAttributes', Resource: topic },
    ]);

    expect(
      await refusalOf(most.sns.send(new GetTopicAttributesCommand({ TopicArn: topic }))),
    ).toMatchObject({ message: expect.stringContaining('with an explicit deny') });
    expect((await most.sns.send(new ListTopicsCommand({}))).Topics).toHaveLength(1);
    const { Credentials } = await most.sts.send(new GetSessionTokenCommand({}));
    const again = clients(Credentials ?? {});
    expect(
      await refusalOf(again.sns.send(new GetTopicAttributesCommand({ TopicArn: topic }))),
    ).toMatchObject({ code: 'AuthorizationError' });
  });

  test('holds for the keys in the environment that the settings are made from', async () => {
    engine = await startSns();
    const topic = await engine.topic('orders');
    const { Credentials } = await clients().sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/reader`,
        RoleSessionName: 'test',
        Policy: JSON.stringify({
          Statement: { Effect: 'Allow', Action: 'sns:List*', Resource: '*' },
        }),
      }),
    );
    const env = {
      AWS_ENDPOINT_URL: engine.running.endpoint,
      AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials?.SessionToken,
    };
    const aws = await createAws(await resolveSettings({ region: REGION }, env, '/'));
    opened.push({ destroy: () => aws.close() });

    expect((await identify(aws)).arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/test`);
    expect(await listTopicSubscriptions(aws, topic)).toEqual([]);
    await expect(getTopicAttributes(aws, topic)).rejects.toMatchObject({
      code: 'AccessDenied',
      exitCode: EXIT.denied,
    });
  });

  test('may look at what is to be subscribed', async () => {
    engine = await startSns();
    const topic = await engine.topic('orders');
    const { arn } = await engine.queue('orders');
    const { sns } = await sessionWith({
      Effect: 'Allow',
      Action: 'sns:Subscribe',
      Resource: topic,
      Condition: { StringEquals: { 'sns:Protocol': 'sqs' } },
    });
    const subscribe = (Protocol: string, Endpoint: string) =>
      sns.send(new SubscribeCommand({ TopicArn: topic, Protocol, Endpoint }));

    expect((await subscribe('sqs', arn)).SubscriptionArn).toContain(topic);
    expect(await refusalOf(subscribe('email', 'a@example.com'))).toMatchObject({
      code: 'AuthorizationError',
    });
  });

  test('is asked for the key of an encrypted queue, too', async () => {
    engine = await startSns();
    const { KeyMetadata } = await clients().kms.send(new CreateKeyCommand({}));
    const { url } = await engine.queue('locked', {
      attributes: { KmsMasterKeyId: KeyMetadata?.KeyId ?? '' },
    });
    const sqs = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
    const kms = {
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: KeyMetadata?.Arn,
      Condition: { StringEquals: { 'kms:ViaService': `sqs.${REGION}.amazonaws.com` } },
    };
    const send = async (...statements: object[]) =>
      (await sessionWith(statements)).sqs.send(
        new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }),
      );

    expect(await refusalOf(send(sqs))).toMatchObject({
      name: 'KmsAccessDenied',
      message: expect.stringContaining("doesn't allow kms:GenerateDataKey"),
    });
    expect((await send(sqs, kms)).MessageId).toBeDefined();
  });

  test('that is none is refused', async () => {
    engine = await startSns();
    for (const statement of [
      [],
      'x',
      [{ Effect: 'Allow', Action: '*' }],
      [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
    ]) {
      expect((await refusalOf(sessionWith(statement))).name).toBe(
        'MalformedPolicyDocumentException',
      );
    }
  });
});
