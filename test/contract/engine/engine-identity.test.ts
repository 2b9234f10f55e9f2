import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';

const ACCOUNT = '123456789012';
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const WORKER = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/pubsub`;

let running: TestEngine;

beforeAll(async () => {
  running = await startEngine({
    identities: [ALICE, `WORKERKEY=arn:aws:iam::${ACCOUNT}:role/worker`],
  });
});

afterAll(() => running.stop());

function settings(accessKeyId: string) {
  return {
    endpoint: running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'test' },
  };
}

it.each([
  ['anything', ALICE, ACCOUNT, /^AIDA[A-Z2-7]{17}$/],
  ['WORKERKEY', WORKER, ACCOUNT, /^AROA[A-Z2-7]{17}:pubsub$/],
  ['210987654321', 'arn:aws:iam::210987654321:root', '210987654321', /^210987654321$/],
])('the key %s is shown as %s', async (key, arn, account, id) => {
  const sts = new STSClient(settings(key));
  const caller = await sts.send(new GetCallerIdentityCommand({}));
  expect(caller).toMatchObject({ Arn: arn, Account: account, UserId: expect.stringMatching(id) });

  const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
  const session = new STSClient(settings(Credentials?.AccessKeyId ?? ''));
  expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: arn,
    UserId: caller.UserId,
  });

  const sqs = new SQSClient(settings(key));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-of-${key}` }));
  expect(QueueUrl).toContain(`/${account}/`);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }));
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['SenderId'] }),
  );
  expect(Messages?.[0]?.Attributes).toEqual({ SenderId: caller.UserId });

  const sns = new SNSClient(settings(key));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `topic-of-${key}` }));
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:us-east-1:${account}:queue-of-${key}`,
      ReturnSubscriptionArn: true,
    }),
  );
  const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  expect(Attributes?.SubscriptionPrincipal).toBe(arn);
  for (const client of [sts, session, sqs, sns]) client.destroy();
});

it('a role that a user assumes is shown as that role', async () => {
  const sts = new STSClient(settings('anything'));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/worker`,
      RoleSessionName: 's1',
    }),
  );
  const session = new STSClient(settings(Credentials?.AccessKeyId ?? ''));
  expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(
    `arn:aws:sts::${ACCOUNT}:assumed-role/worker/s1`,
  );
  sts.destroy();
  session.destroy();
});
