import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  RemovePermissionCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { queueName, testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const clock = testClock();
const engine = useSqsEngine({ clock });

async function create(
  QueueName = queueName(),
  Attributes: Record<string, string> = {},
  client = engine.sqs,
): Promise<string> {
  const answer = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  return answer.QueueUrl ?? '';
}

async function attributes(QueueUrl: string, ...names: string[]) {
  const answer = await engine.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: (names.length === 0 ? ['All'] : names) as QueueAttributeName[],
    }),
  );
  return answer.Attributes;
}

function set(QueueUrl: string, Attributes: Record<string, string>) {
  return engine.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
}

describe('attributes', () => {
  test('All answers exactly what a new standard queue has', async () => {
    const name = queueName();
    const seconds = String(Math.floor(clock.now() / 1000));
    expect(await attributes(await create(name))).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: seconds,
      DelaySeconds: '0',
      LastModifiedTimestamp: seconds,
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: `arn:aws:sqs:us-east-1:111122223333:${name}`,
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
  });

  test('a FIFO queue has four more', async () => {
    const url = await create(queueName('.fifo'), { FifoQueue: 'true' });
    expect(
      await attributes(
        url,
        'FifoQueue',
        'ContentBasedDeduplication',
        'DeduplicationScope',
        'FifoThroughputLimit',
      ),
    ).toEqual({
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    });
    expect(Object.keys((await attributes(url)) ?? {})).toHaveLength(16);
  });

  test('asking for nothing, or for what is not set, answers no attributes', async () => {
    const url = await create();
    const answer = await engine.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url }));
    expect(answer.Attributes).toBeUndefined();
    expect(await attributes(url, 'Policy', 'RedrivePolicy')).toBeUndefined();
    await expect(attributes(url, 'Nonsense')).rejects.toMatchObject({
      name: 'InvalidAttributeName',
      message: 'Unknown Attribute Nonsense.',
    });
  });

  test('set attributes hold at once; documents are unset by an empty string', async () => {
    const url = await create();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
    });
    clock.advance(5);
    await set(url, { Policy, VisibilityTimeout: '7' });
    expect(await attributes(url, 'Policy', 'VisibilityTimeout', 'LastModifiedTimestamp')).toEqual({
      Policy,
      VisibilityTimeout: '7',
      LastModifiedTimestamp: String(Math.floor(clock.now() / 1000)),
    });
    await set(url, { Policy: '' });
    expect(await attributes(url, 'Policy')).toBeUndefined();
  });

  test('encryption is with KMS or with keys of SQS', async () => {
    const url = await create(queueName(), { KmsMasterKeyId: 'alias/aws/sqs' });
    expect(
      await attributes(
        url,
        'KmsMasterKeyId',
        'KmsDataKeyReusePeriodSeconds',
        'SqsManagedSseEnabled',
      ),
    ).toEqual({
      KmsMasterKeyId: 'alias/aws/sqs',
      KmsDataKeyReusePeriodSeconds: '300',
      SqsManagedSseEnabled: 'false',
    });
    await expect(set(url, { SqsManagedSseEnabled: 'true' })).rejects.toMatchObject({
      name: 'InvalidAttributeName',
    });
    await set(url, { KmsMasterKeyId: '', SqsManagedSseEnabled: 'true' });
    expect(await attributes(url, 'KmsMasterKeyId', 'SqsManagedSseEnabled')).toEqual({
      SqsManagedSseEnabled: 'true',
    });
  });

  test.each([
    ['VisibilityTimeout', '43201'],
    ['VisibilityTimeout', '-1'],
    ['VisibilityTimeout', 'ten'],
    ['DelaySeconds', '901'],
    ['MaximumMessageSize', '1023'],
    ['MaximumMessageSize', '1048577'],
    ['MessageRetentionPeriod', '59'],
    ['MessageRetentionPeriod', '1209601'],
    ['ReceiveMessageWaitTimeSeconds', '21'],
    ['KmsDataKeyReusePeriodSeconds', '59'],
    ['SqsManagedSseEnabled', 'perhaps'],
    ['Policy', '{'],
  ])('%s does not take %j', async (name, value) => {
    const expected = {
      name: 'InvalidAttributeValue',
      message: `Invalid value for the parameter ${name}.`,
    };
    const url = await create();
    await expect(set(url, { [name]: value })).rejects.toMatchObject(expected);
    await expect(create(queueName(), { [name]: value })).rejects.toMatchObject(expected);
  });

  test.each(['Nonsense', 'QueueArn', 'FifoQueue', 'ContentBasedDeduplication'])(
    'a standard queue has no attribute %s to set',
    async (name) => {
      await expect(set(await create(), { [name]: 'true' })).rejects.toMatchObject({
        name: 'InvalidAttributeName',
        message: `Unknown Attribute ${name}.`,
      });
    },
  );

  test('FifoQueue=false is refused at creation, as AWS does', async () => {
    await expect(create(queueName(), { FifoQueue: 'false' })).rejects.toMatchObject({
      name: 'InvalidAttributeName',
    });
  });

  test('throughput per group needs deduplication per group', async () => {
    const url = await create(queueName('.fifo'), { FifoQueue: 'true' });
    await expect(set(url, { FifoThroughputLimit: 'perMessageGroupId' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await set(url, {
      FifoThroughputLimit: 'perMessageGroupId',
      DeduplicationScope: 'messageGroup',
    });
  });
});

describe('creation', () => {
  test('the same attributes give the same queue, others are refused', async () => {
    const name = queueName();
    const url = await create(name, { VisibilityTimeout: '40', DelaySeconds: '0' });
    expect(url).toBe(`${engine.running.endpoint}/111122223333/${name}`);
    expect(await create(name)).toBe(url);
    expect(await create(name, { VisibilityTimeout: '40', MaximumMessageSize: '1048576' })).toBe(
      url,
    );
    await expect(create(name, { VisibilityTimeout: '41' })).rejects.toMatchObject({
      name: 'QueueNameExists',
      message:
        'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
    });
  });

  test.each(['', 'a b', 'a/b', 'a.fifo', 'x'.repeat(81), 'ü'])(
    'no queue is named %j',
    async (name) => {
      await expect(create(name)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    },
  );

  test('a FIFO queue is named .fifo and has at most 80 characters with it', async () => {
    await create(`${'x'.repeat(75)}.fifo`, { FifoQueue: 'true' });
    for (const name of [`${'x'.repeat(76)}.fifo`, 'x', '.fifo']) {
      await expect(create(name, { FifoQueue: 'true' })).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringContaining('must end with .fifo suffix'),
      });
    }
  });

  test('a deleted name is free again after 60 seconds', async () => {
    const name = queueName();
    const url = await create(name);
    await engine.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
    await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    await expect(attributes(url)).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
      $metadata: { httpStatusCode: 400 },
    });
    clock.advance(59.9);
    await expect(create(name)).rejects.toMatchObject({ name: 'QueueDeletedRecently' });
    clock.advance(0.1);
    await create(name);
    expect(await attributes(url, 'ApproximateNumberOfMessages')).toEqual({
      ApproximateNumberOfMessages: '0',
    });
  });
});

describe('finding', () => {
  test('GetQueueUrl by name, also from another account when the policy says so', async () => {
    const name = queueName();
    const url = await create(name);
    const found = await engine.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    expect(found.QueueUrl).toBe(url);
    await expect(
      engine.sqs.send(new GetQueueUrlCommand({ QueueName: 'nowhere' })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    const other = engine.client({ account: '444455556666' });
    const ask = () =>
      other.send(
        new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: '111122223333' }),
      );
    await expect(ask()).rejects.toMatchObject({ name: 'AccessDenied' });
    await engine.sqs.send(
      new AddPermissionCommand({
        QueueUrl: url,
        Label: 'l',
        AWSAccountIds: ['444455556666'],
        Actions: ['GetQueueUrl'],
      }),
    );
    expect((await ask()).QueueUrl).toBe(url);
  });

  test('ListQueues pages by MaxResults, and shows one account and region only', async () => {
    const account = '777788889999';
    const client = engine.client({ account });
    const empty = await client.send(new ListQueuesCommand({}));
    expect(empty.QueueUrls).toBeUndefined();
    for (const name of ['p-1', 'p-2', 'p-3', 'q-1']) await create(name, {}, client);
    await create('p-4', {}, engine.client({ account, region: 'eu-west-1' }));
    const names = (urls: string[] = []) => urls.map((url) => url.split('/').at(-1));
    const all = await client.send(new ListQueuesCommand({}));
    expect(names(all.QueueUrls)).toEqual(['p-1', 'p-2', 'p-3', 'q-1']);
    expect(all.NextToken).toBeUndefined();
    const first = await client.send(
      new ListQueuesCommand({ QueueNamePrefix: 'p-', MaxResults: 2 }),
    );
    expect(names(first.QueueUrls)).toEqual(['p-1', 'p-2']);
    const second = await client.send(
      new ListQueuesCommand({ QueueNamePrefix: 'p-', MaxResults: 2, NextToken: first.NextToken }),
    );
    expect(names(second.QueueUrls)).toEqual(['p-3']);
    expect(second.NextToken).toBeUndefined();
  });

  test('tags', async () => {
    const QueueName = queueName();
    const { QueueUrl } = await engine.sqs.send(
      new CreateQueueCommand({ QueueName, tags: { a: '1', b: '' } }),
    );
    const tags = async () => (await engine.sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
    expect(await tags()).toEqual({ a: '1', b: '' });
    await engine.sqs.send(new TagQueueCommand({ QueueUrl, Tags: { b: '2', c: '3' } }));
    await engine.sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a', 'zzz'] }));
    expect(await tags()).toEqual({ b: '2', c: '3' });
    await engine.sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['b', 'c'] }));
    expect(await tags()).toBeUndefined();
    await expect(
      engine.sqs.send(new TagQueueCommand({ QueueUrl, Tags: { ['k'.repeat(129)]: '' } })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

test('purge drops messages in every state, once in 60 seconds', async () => {
  const name = queueName();
  const QueueUrl = await create(name);
  const send = () =>
    engine.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: 'a' },
          { Id: 'b', MessageBody: 'b' },
          { Id: 'c', MessageBody: 'c', DelaySeconds: 100 },
        ],
      }),
    );
  await send();
  await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await attributes(QueueUrl)).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  });
  await expect(engine.sqs.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
    name: 'PurgeQueueInProgress',
    message: `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
    $metadata: { httpStatusCode: 403 },
  });
  await send();
  const { Messages = [] } = await engine.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  expect(Messages.map(({ Body }) => Body)).toEqual(['a', 'b']);
  clock.advance(60);
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl }));
});

describe('policies', () => {
  const other = '444455556666';

  test('AddPermission and RemovePermission edit the policy, and it is enforced', async () => {
    const name = queueName();
    const QueueUrl = await create(name);
    const arn = `arn:aws:sqs:us-east-1:111122223333:${name}`;
    const client = engine.client({ account: other });
    const send = () =>
      client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }] }),
      );
    await expect(send()).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${other}:root is not authorized to perform: sqs:sendmessage on resource: ${arn} because no resource-based policy allows the sqs:sendmessage action`,
      $metadata: { httpStatusCode: 403 },
    });
    const add = (Label: string, Actions: string[], AWSAccountIds = [other]) =>
      engine.sqs.send(new AddPermissionCommand({ QueueUrl, Label, AWSAccountIds, Actions }));
    await add('both', ['SendMessage', 'ReceiveMessage']);
    await send();
    const remove = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'any' });
    await expect(client.send(remove)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('allows the sqs:deletemessage action'),
    });
    const { Policy = '' } = (await attributes(QueueUrl, 'Policy')) ?? {};
    expect(JSON.parse(Policy)).toEqual({
      Version: '2008-10-17',
      Id: `${arn}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'both',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${other}:root` },
          Action: ['SQS:SendMessage', 'SQS:ReceiveMessage'],
          Resource: arn,
        },
      ],
    });
    await expect(add('both', ['SendMessage'])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Value both for parameter Label is invalid. Reason: Already exists.',
    });
    await expect(add('x', ['SendMessageBatch'])).rejects.toMatchObject({
      message:
        'Value SQS:SendMessageBatch for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a list of valid actions.',
    });
    await engine.sqs.send(new RemovePermissionCommand({ QueueUrl, Label: 'both' }));
    expect(await attributes(QueueUrl, 'Policy')).toBeUndefined();
    await expect(send()).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      engine.sqs.send(new RemovePermissionCommand({ QueueUrl, Label: 'both' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('a policy has at most 8,192 bytes, 20 statements and 7 actions in each', async () => {
    const QueueUrl = await create();
    const policy = (statements: number, actions: number, pad = '') =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: Array.from({ length: statements }, (_, i) => ({
          Sid: `s${i}${pad}`,
          Effect: 'Allow',
          Principal: '*',
          Action: Array.from({ length: actions }, () => 'sqs:SendMessage'),
          Resource: '*',
        })),
      });
    await set(QueueUrl, { Policy: policy(20, 7) });
    for (const [Policy, message] of [
      [policy(1, 1, 'x'.repeat(8192)), 'Submitted policy is over max allowed size.'],
      [policy(21, 1), '21 statements were found'],
      [
        policy(1, 8),
        '8 actions were found in a statement from the submitted policy, max allowed is 7',
      ],
    ] as const) {
      await expect(set(QueueUrl, { Policy })).rejects.toMatchObject({
        name: 'OverLimit',
        message: expect.stringContaining(message),
        $metadata: { httpStatusCode: 403 },
      });
    }
  });

  test('an explicit deny holds for the owner too; owner-only actions stay with the owner', async () => {
    const name = queueName();
    const QueueUrl = await create(name);
    const arn = `arn:aws:sqs:us-east-1:111122223333:${name}`;
    const statement = (Effect: string, Action: string) => ({
      Effect,
      Principal: '*',
      Action,
      Resource: '*',
    });
    await set(QueueUrl, {
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [statement('Allow', 'sqs:*'), statement('Deny', 'sqs:SendMessage')],
      }),
    });
    await expect(
      engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
    const client = engine.client({ account: other });
    await client.send(new ReceiveMessageCommand({ QueueUrl }));
    const own = { QueueUrl, Label: 'l', AWSAccountIds: [other], Actions: ['SendMessage'] };
    const queues = { SourceArn: arn, DestinationArn: arn };
    for (const [action, refused] of Object.entries({
      addpermission: client.send(new AddPermissionCommand(own)),
      deletequeue: client.send(new DeleteQueueCommand({ QueueUrl })),
      listmessagemovetasks: client.send(new ListMessageMoveTasksCommand(queues)),
      listqueuetags: client.send(new ListQueueTagsCommand({ QueueUrl })),
      removepermission: client.send(new RemovePermissionCommand(own)),
      setqueueattributes: client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: {} })),
      startmessagemovetask: client.send(new StartMessageMoveTaskCommand(queues)),
      tagqueue: client.send(new TagQueueCommand({ QueueUrl, Tags: { k: 'v' } })),
      untagqueue: client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['k'] })),
    })) {
      await expect(refused, action).rejects.toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining(`sqs:${action} on resource: ${arn}`),
      });
    }
  });
});
