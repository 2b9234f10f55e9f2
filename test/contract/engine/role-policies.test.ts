// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import { networkInterfaces } from 'node:os';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { BatchWriteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CancelMessageMoveTaskCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { engineReport } from '../../../src/lib/engine/background/findings.ts';
import { type StackEngine, stackEngine } from '../../fixtures/cloudformation.ts';

let engine: StackEngine;
const opened: { destroy(): void }[] = [];
afterEach(async () => {
  for (const client of opened.splice(0)) client.destroy();
  await engine.stop();
});

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.family === 'IPv6');
const ACCOUNT = '000000000000';
const AT = `us-east-1:${ACCOUNT}`;
const QUEUE = `arn:aws:sqs:${AT}:work`;
const TOPIC = `arn:aws:sns:${AT}:events`;
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/items`;
const WHO = `User: arn:aws:sts::${ACCOUNT}:assumed-role/worker/test`;
const CAPABILITIES = { Capabilities: ['CAPABILITY_NAMED_IAM' as const] };

const assumedBy = {
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
};
const allow = (Action: string | string[], Resource: unknown = '*', more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
});
const deny = (Action: string) => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Action, Resource: '*' },
});

/** A role with inline policies, and whatever else its properties say. */
const role = (policies: readonly object[], more: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'worker',
    AssumeRolePolicyDocument: assumedBy,
    Policies: policies.map((PolicyDocument, index) => ({
      PolicyName: `p${index}`,
      PolicyDocument,
    })),
    ...more,
  },
});

const RESOURCES = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'events' } },
};
const ITEMS = {
  Items: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'items',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
};

/** What clients of the account's owner are made with. */
const own = () => ({
  endpoint: engine.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

/** Clients with keys of a session of the role. */
async function session(RoleArn = `arn:aws:iam::${ACCOUNT}:role/worker`) {
  const sts = new STSClient(own());
  const asked = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' });
  const { Credentials: keys } = await sts.send(asked);
  const config = {
    ...own(),
    credentials: {
      accessKeyId: keys?.AccessKeyId ?? '',
      secretAccessKey: keys?.SecretAccessKey ?? '',
      sessionToken: keys?.SessionToken ?? '',
    },
  };
  const clients = {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    dynamodb: new DynamoDBClient(config),
    logs: new CloudWatchLogsClient(config),
  };
  opened.push(sts, ...Object.values(clients));
  return clients;
}

const queueUrl = () => `${engine.endpoint}/${ACCOUNT}/work`;
const send = async ({ sqs }: Pick<Awaited<ReturnType<typeof session>>, 'sqs'>) =>
  sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(), MessageBody: 'a' })).then(
    () => 'sent',
    (error: Error) => error.message,
  );

/** The end of what a refused `SendMessage` says. */
const refused = (why: string) =>
  `${WHO} is not authorized to perform: sqs:sendmessage on resource: ${QUEUE} ${why}`;
const NO_POLICY = refused('because no identity-based policy allows the sqs:sendmessage action');
const DENIED = refused('with an explicit deny in an identity-based policy');

describe('the role of a stack', () => {
  it.each<[string, Record<string, object>, string]>([
    ['with nothing', { Role: role([]) }, NO_POLICY],
    ['with the action', { Role: role([allow('sqs:SendMessage', QUEUE)]) }, 'sent'],
    ['with another action', { Role: role([allow('sqs:ReceiveMessage')]) }, NO_POLICY],
    ['with another queue', { Role: role([allow('sqs:*', `${QUEUE}-dlq`)]) }, NO_POLICY],
    ['with all but it', { Role: role([allow('*'), deny('sqs:Send*')]) }, DENIED],
    [
      'with a condition that holds',
      {
        Role: role([
          allow('sqs:*', '*', { Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } }),
        ]),
      },
      'sent',
    ],
    [
      'with a policy beside it',
      {
        Role: role([]),
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyName: 'p',
            PolicyDocument: allow('sqs:SendMessage', { 'Fn::GetAtt': 'Queue.Arn' }),
            Roles: [{ Ref: 'Role' }],
          },
        },
      },
      'sent',
    ],
    [
      'with an inline policy of its own',
      {
        Role: role([]),
        Policy: {
          Type: 'AWS::IAM::RolePolicy',
          Properties: {
            PolicyName: 'p',
            PolicyDocument: allow('sqs:*'),
            RoleName: { Ref: 'Role' },
          },
        },
      },
      'sent',
    ],
    [
      'with a managed policy',
      {
        Role: role([], { ManagedPolicyArns: [{ Ref: 'Policy' }] }),
        Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow('sqs:*') } },
      },
      'sent',
    ],
    [
      "with a policy of AWS's",
      { Role: role([], { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'] }) },
      'sent',
    ],
    [
      "with one of AWS's that is about something else",
      {
        Role: role([], {
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        }),
      },
      NO_POLICY,
    ],
    [
      "with one of AWS's that the engine does not know",
      { Role: role([], { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonKendraFullAccess'] }) },
      'sent',
    ],
    [
      'within its boundary',
      {
        Role: role([allow('*')], { PermissionsBoundary: { Ref: 'Bounds' } }),
        Bounds: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow('sqs:*') } },
      },
      'sent',
    ],
    [
      'beyond its boundary',
      {
        Role: role([allow('*')], { PermissionsBoundary: { Ref: 'Bounds' } }),
        Bounds: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow('sns:*') } },
      },
      refused('because no permissions boundary allows the sqs:sendmessage action'),
    ],
  ])('%s', async (_, resources, expected) => {
    engine = await stackEngine();
    await engine.create('roles', { Resources: { ...RESOURCES, ...resources } }, CAPABILITIES);
    expect(await send(await session())).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['names it', { AWS: `arn:aws:iam::${ACCOUNT}:role/worker` }, 'sent'],
    ['names everybody', '*', 'sent'],
    ['leaves it to the account', { AWS: ACCOUNT }, NO_POLICY],
    ['names another', { AWS: `arn:aws:iam::${ACCOUNT}:role/other` }, NO_POLICY],
  ])('may do what a policy of the queue allows that %s', async (_, Principal, expected) => {
    engine = await stackEngine();
    await engine.create('roles', { Resources: { ...RESOURCES, Role: role([]) } }, CAPABILITIES);
    const Statement = { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: QUEUE };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const QueueUrl = queueUrl();
    await engine.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    expect(await send(await session())).toBe(expected);
  });

  it.skipIf(!HAS_IPV6)('is known by its IPv4 address where the engine listens on ::', async () => {
    engine = await stackEngine({ host: '::' });
    const Condition = { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } };
    const only = role([allow('sqs:SendMessage', QUEUE, { Condition })]);
    const resources = { ...RESOURCES, Role: only };
    await engine.create('roles', { Resources: resources }, CAPABILITIES);
    expect(await send(await session())).toBe('sent');
    const others = await session('arn:aws:iam::111122223333:role/other');
    expect(await send(others)).toContain('because no resource-based policy allows');
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: QUEUE, Condition }],
    });
    const QueueUrl = queueUrl();
    await engine.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    expect(await send(others)).toBe('sent');
  });

  it('is asked for topics, tables and logs as well, in the words of each', async () => {
    engine = await stackEngine();
    const only = role([allow('sqs:ReceiveMessage'), allow('dynamodb:GetItem', TABLE)]);
    const resources = { ...RESOURCES, ...ITEMS, Role: only };
    await engine.create('roles', { Resources: resources }, CAPABILITIES);
    const { sqs, sns, dynamodb, logs } = await session();
    const why = (action: string) => `because no identity-based policy allows the ${action} action`;
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl() }));
    await dynamodb.send(new GetItemCommand({ TableName: 'items', Key: { id: { S: 'a' } } }));
    await expect(
      sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'a' })),
    ).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
      message: `${WHO} is not authorized to perform: SNS:Publish on resource: ${TOPIC} ${why('SNS:Publish')}`,
    });
    const PublishBatchRequestEntries = [{ Id: 'a', Message: 'a' }];
    await expect(
      sns.send(new PublishBatchCommand({ TopicArn: TOPIC, PublishBatchRequestEntries })),
    ).rejects.toThrow(why('SNS:Publish'));
    const Entries = [{ Id: 'a', MessageBody: 'a' }];
    await expect(
      sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl(), Entries })),
    ).rejects.toThrow(NO_POLICY);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).rejects.toThrow(
      `sqs:getqueueurl on resource: ${QUEUE} ${why('sqs:getqueueurl')}`,
    );
    const RequestItems = { items: [{ PutRequest: { Item: { id: { S: 'a' } } } }] };
    await expect(dynamodb.send(new BatchWriteItemCommand({ RequestItems }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `${WHO} is not authorized to perform: dynamodb:BatchWriteItem on resource: ${TABLE} ${why('dynamodb:BatchWriteItem')}`,
    });
    await expect(logs.send(new DescribeLogGroupsCommand({}))).rejects.toThrow(
      why('logs:DescribeLogGroups'),
    );
    const event = { logGroupName: '/a', logStreamName: 'b', logEvents: [] };
    await expect(logs.send(new PutLogEventsCommand(event))).rejects.toThrow(
      `logs:PutLogEvents on resource: arn:aws:logs:${AT}:log-group:/a:log-stream:b`,
    );
  });

  it('is asked for what a call means that names it otherwise, or nothing', async () => {
    engine = await stackEngine();
    const group = `arn:aws:logs:${AT}:log-group:/a`;
    const only = role([
      allow('logs:FilterLogEvents', `${group}:log-stream:*`),
      allow('logs:DescribeLogGroups', 'arn:aws:logs:*:*:*'),
      allow('sqs:GetQueueUrl', 'arn:aws:sqs:us-east-1:111122223333:theirs'),
      allow('sqs:CancelMessageMoveTask', QUEUE),
    ]);
    await engine.create('roles', { Resources: { Role: only } }, CAPABILITIES);
    const { sqs, logs } = await session();
    await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/a' }));
    const filter = (asked: { logGroupName?: string; logGroupIdentifier?: string }) =>
      logs.send(new FilterLogEventsCommand(asked));
    const find = (QueueOwnerAWSAccountId: string) =>
      sqs.send(new GetQueueUrlCommand({ QueueName: 'theirs', QueueOwnerAWSAccountId }));
    const cancel = (sourceArn: string) => {
      const handle = JSON.stringify({ taskId: 'a', sourceArn });
      const TaskHandle = Buffer.from(handle).toString('base64');
      return sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    };
    const answers = async (...calls: Promise<unknown>[]) =>
      (await Promise.allSettled(calls)).map((each) =>
        each.status === 'rejected' ? String(each.reason) : 'done',
      );
    // None of it is there.
    const missing = expect.stringMatching(/(does not|doesn't) exist/);
    expect(
      await answers(
        filter({ logGroupName: '/a' }),
        filter({ logGroupIdentifier: `${group}:*` }),
        find('111122223333'),
        cancel(QUEUE),
      ),
    ).toEqual([missing, missing, missing, missing]);
    const forbidden = expect.stringContaining('because no identity-based policy allows');
    expect(
      await answers(filter({ logGroupName: '/ab' }), find(ACCOUNT), cancel(`${QUEUE}-dlq`)),
    ).toEqual([forbidden, forbidden, forbidden]);
  });

  it('may do more after an update of its stack, and anything when that is gone', async () => {
    engine = await stackEngine();
    const of = (policies: readonly object[]) => ({
      Resources: { Queue: { ...RESOURCES.Queue, DeletionPolicy: 'Retain' }, Role: role(policies) },
    });
    await engine.create('roles', of([]), CAPABILITIES);
    const clients = await session();
    expect(await send(clients)).toBe(NO_POLICY);
    await engine.update('roles', of([allow('sqs:SendMessage')]), CAPABILITIES);
    expect(await send(clients)).toBe('sent');
    await engine.update('roles', of([deny('*')]), CAPABILITIES);
    expect(await send(clients)).toBe(DENIED);
    await engine.remove('roles');
    expect(await send(clients)).toBe('sent');
  });

  it('only gets a warning where policies warn', async () => {
    const told: string[] = [];
    const onRoleNote = ({ action }: { readonly action: string }) => told.push(action);
    engine = await stackEngine({ policies: 'warn', onRoleNote });
    await engine.create('roles', { Resources: { ...RESOURCES, Role: role([]) } }, CAPABILITIES);
    const clients = await session();
    expect(await send(clients)).toBe('sent');
    expect(await send(clients)).toBe('sent');
    expect(told).toEqual(['sqs:SendMessage']);
    const { findings } = await engineReport(engine.endpoint, undefined);
    expect(findings).toEqual([
      `arn:aws:sts::${ACCOUNT}:assumed-role/worker/test may not do sqs:SendMessage on ${QUEUE} on AWS, because no identity-based policy allows the sqs:SendMessage action.`,
    ]);
    const answer = await fetch(`${engine.endpoint}/_pubsub/policies`);
    expect(await answer.json()).toMatchObject({
      policies: 'warn',
      roles: [
        {
          principalArn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/test`,
          action: 'sqs:SendMessage',
          resource: QUEUE,
          reason: 'because no identity-based policy allows the sqs:SendMessage action',
        },
      ],
    });
  });

  it('counts for its own account and name alone', async () => {
    engine = await stackEngine();
    await engine.create('roles', { Resources: { ...RESOURCES, Role: role([]) } }, CAPABILITIES);
    expect(await send(await session(`arn:aws:iam::${ACCOUNT}:role/other`))).toBe('sent');
    // Another account's role of that name: the queue's policy is what keeps it out.
    expect(await send(await session('arn:aws:iam::111122223333:role/worker'))).toContain(
      'because no resource-based policy allows the sqs:sendmessage action',
    );
    expect(await send(engine)).toBe('sent');
  });
});

describe('a function', () => {
  const CODE = `
    const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
    exports.handler = ({ QueueUrl }) =>
      new SQSClient({}).send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' })).then(
        () => 'sent',
        (error) => error.message,
      );`;
  const stack = (policies: readonly object[], more: object = {}) => ({
    Resources: {
      ...RESOURCES,
      Role: role(policies, { Path: '/apps/' }),
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'sender',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': 'Role.Arn' },
          Code: { ZipFile: CODE },
        },
      },
      ...more,
    },
  });
  const invoke = async (): Promise<unknown> => {
    const lambda = new LambdaClient(own());
    opened.push(lambda);
    const Payload = JSON.stringify({ QueueUrl: queueUrl() });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'sender', Payload }));
    return JSON.parse(answer.Payload?.transformToString() ?? '""');
  };

  it('may do what its role may', async () => {
    engine = await stackEngine();
    await engine.create('roles', stack([]), CAPABILITIES);
    expect(await invoke()).toBe(NO_POLICY.replace('worker/test', 'worker/sender'));
    await engine.update('roles', stack([allow('sqs:SendMessage', QUEUE)]), CAPABILITIES);
    expect(await invoke()).toBe('sent');
  });

  const mapping = {
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': 'Queue.Arn' },
        FunctionName: { Ref: 'Function' },
      },
    },
  };
  const POLLING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

  it.each(POLLING)('takes nothing from a queue without %s', async (missing) => {
    engine = await stackEngine();
    const policy = allow(POLLING.filter((action) => action !== missing));
    const { StackStatus } = await engine.create('roles', stack([policy], mapping), CAPABILITIES);
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events('roles')).join('\n')).toContain(
      `The provided execution role does not have permissions to call ${missing.slice(4)} on SQS`,
    );
  });

  it('takes from a queue when its role gets a policy of its own', async () => {
    engine = await stackEngine();
    const Policy = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'p', PolicyDocument: allow(POLLING), Roles: [{ Ref: 'Role' }] },
    };
    const template = stack([], { ...mapping, Policy });
    const { StackStatus } = await engine.create('roles', template, CAPABILITIES);
    expect(StackStatus).toBe('CREATE_COMPLETE');
  });
});
