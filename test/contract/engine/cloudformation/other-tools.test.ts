// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetAliasCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../../../src/lib/rules/faults.ts';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';

// What templates have that the CDK made, or that AWS's own documents show.

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterEach(() => engine.running.engine.reset());
afterAll(() => engine.stop());

const Queue = { Type: 'AWS::SQS::Queue' };
const PLACE = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
const CAPABILITIES = { Capabilities: ['CAPABILITY_NAMED_IAM' as const] };

async function outputsOf(name: string): Promise<Record<string, string>> {
  const { Outputs = [] } = await engine.stack(name);
  return Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

describe('rules', () => {
  const template = (assertion: object, condition?: object) => ({
    Parameters: {
      Stage: { Type: 'String', Default: 'dev' },
      Names: { Type: 'CommaDelimitedList', Default: 'a,b' },
    },
    Rules: {
      Stages: {
        ...(condition === undefined ? {} : { RuleCondition: condition }),
        Assertions: [{ Assert: assertion, AssertDescription: 'not this one' }],
      },
    },
    Resources: { Queue },
  });
  const refused = 'rule Stages is not satisfied: not this one';

  it.each<[object, object | undefined, boolean]>([
    [{ 'Fn::Contains': [['dev', 'test'], { Ref: 'Stage' }] }, undefined, true],
    [{ 'Fn::Contains': [['prod'], { Ref: 'Stage' }] }, undefined, false],
    [{ 'Fn::Not': [{ 'Fn::Contains': [['prod'], { Ref: 'Stage' }] }] }, undefined, true],
    [{ 'Fn::EachMemberIn': [{ Ref: 'Names' }, ['a', 'b', 'c']] }, undefined, true],
    [{ 'Fn::EachMemberIn': [{ Ref: 'Names' }, ['a']] }, undefined, false],
    [{ 'Fn::EachMemberEquals': [['dev', 'dev'], { Ref: 'Stage' }] }, undefined, true],
    [{ 'Fn::EachMemberEquals': [{ Ref: 'Names' }, 'a'] }, undefined, false],
    [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, true],
    [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] }, false],
  ])('%j, where %j, holds: %s', async (assertion, condition, holds) => {
    const made = engine.create('ruled', template(assertion, condition));
    if (holds) expect((await made).StackStatus).toBe('CREATE_COMPLETE');
    else await expect(made).rejects.toThrow(refused);
  });
});

describe('parameters of Systems Manager', () => {
  const Parameters = { Topic: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/o/t' } };
  const reader = {
    Parameters,
    Resources: { Queue },
    Outputs: { Topic: { Value: { Ref: 'Topic' } } },
  };
  const owner = (Value: string) => ({
    Resources: {
      Topic: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/o/t', Type: 'String', Value } },
    },
    Outputs: {
      Name: { Value: { Ref: 'Topic' } },
      Value: { Value: { 'Fn::GetAtt': 'Topic.Value' } },
    },
  });

  it('are those that stacks make, and are read anew by each change', async () => {
    await expect(engine.create('reader', reader)).rejects.toThrow(
      'Unable to fetch parameters [/o/t] from parameter store for this account.',
    );
    await engine.create('owner', owner('first'));
    expect(await outputsOf('owner')).toEqual({ Name: '/o/t', Value: 'first' });
    await engine.create('reader', reader);
    expect(await outputsOf('reader')).toEqual({ Topic: 'first' });
    const { Stacks = [] } = await engine.cloudformation.send(
      new DescribeStacksCommand({ StackName: 'reader' }),
    );
    expect(Stacks[0]?.Parameters).toEqual([
      { ParameterKey: 'Topic', ParameterValue: '/o/t', ResolvedValue: 'first' },
    ]);
    await engine.update('owner', owner('second'));
    await engine.update('reader', reader, {
      Parameters: [{ ParameterKey: 'Topic', UsePreviousValue: true }],
    });
    expect(await outputsOf('reader')).toEqual({ Topic: 'second' });
  });

  it('may be lists', async () => {
    await engine.create('owner', owner('a,b'));
    const Type = 'AWS::SSM::Parameter::Value<List<String>>';
    await engine.create('reader', {
      Parameters: { Topic: { Type, Default: '/o/t' } },
      Resources: { Queue },
      Outputs: { Second: { Value: { 'Fn::Select': [1, { Ref: 'Topic' }] } } },
    });
    expect(await outputsOf('reader')).toEqual({ Second: 'b' });
  });
});

it('a template that the CDK made is deployed as into a bootstrapped account', async () => {
  const region = (name: string) => ({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, name] });
  const stack = await engine.create('cdk', {
    Resources: {
      Queue4A7E3555: { ...Queue, UpdateReplacePolicy: 'Delete', DeletionPolicy: 'Delete' },
      CDKMetadata: {
        Type: 'AWS::CDK::Metadata',
        Properties: { Analytics: 'v2:deflate64:H4sIAAAA' },
        Metadata: { 'aws:cdk:path': 'S/CDKMetadata/Default' },
        Condition: 'CDKMetadataAvailable',
      },
    },
    Conditions: {
      CDKMetadataAvailable: {
        'Fn::Or': [
          { 'Fn::Or': [region('af-south-1'), region('us-east-1')] },
          { 'Fn::Or': [region('us-west-1'), region('us-west-2')] },
        ],
      },
    },
    Parameters: {
      BootstrapVersion: {
        Type: 'AWS::SSM::Parameter::Value<String>',
        Default: '/cdk-bootstrap/hnb659fds/version',
      },
    },
    Rules: {
      CheckBootstrapVersion: {
        Assertions: [
          {
            Assert: {
              'Fn::Not': [
                { 'Fn::Contains': [['1', '2', '3', '4', '5'], { Ref: 'BootstrapVersion' }] },
              ],
            },
            AssertDescription: 'CDK bootstrap stack version 6 required.',
          },
        ],
      },
    },
  });
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  expect((await engine.events('cdk')).join('\n')).toContain('CDKMetadata CREATE_COMPLETE');
});

it('users, groups and their keys are kept', async () => {
  const statement = { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Topic' } };
  const template = {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      User: { Type: 'AWS::IAM::User', Properties: { LoginProfile: { Password: 'secret' } } },
      Key: { Type: 'AWS::IAM::AccessKey', Properties: { UserName: { Ref: 'User' } } },
      Group: {
        Type: 'AWS::IAM::Group',
        Properties: { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [statement] } }] },
      },
      Member: {
        Type: 'AWS::IAM::UserToGroupAddition',
        Properties: { GroupName: { Ref: 'Group' }, Users: [{ Ref: 'User' }] },
      },
    },
    Outputs: {
      User: { Value: { 'Fn::GetAtt': 'User.Arn' } },
      Key: { Value: { 'Fn::Sub': '${Key} ${Key.SecretAccessKey}' } },
    },
  };
  await expect(engine.create('users', template)).rejects.toThrow('CAPABILITY_IAM');
  await engine.create('users', template, CAPABILITIES);
  expect(await outputsOf('users')).toEqual({
    User: expect.stringMatching(/^arn:aws:iam::000000000000:user\/users-User-[A-Z0-9]{12}$/),
    Key: expect.stringMatching(/^AKIA[A-Z2-7]{16} \S{40}$/),
  });
  expect((await engine.remove('users')).StackStatus).toBe('DELETE_COMPLETE');
});

it('a call that is repeated with its token begins nothing anew', async () => {
  const template = (timeout: number) => ({
    Resources: { Queue: { ...Queue, Properties: { VisibilityTimeout: timeout } } },
  });
  const token = (ClientRequestToken: string) => ({ ClientRequestToken });
  const made = await engine.create('tokens', template(1), token('one'));
  expect((await engine.create('tokens', template(1), token('one'))).StackId).toBe(made.StackId);
  await expect(engine.create('tokens', template(1), token('two'))).rejects.toThrow('exists');
  await engine.update('tokens', template(2), token('two'));
  await engine.update('tokens', template(2), token('two'));
  await expect(engine.update('tokens', template(2), token('three'))).rejects.toThrow(
    'No updates are to be performed.',
  );
  const asked = new DescribeStackEventsCommand({ StackName: 'tokens' });
  const { StackEvents = [] } = await engine.cloudformation.send(asked);
  const tokens = StackEvents.map(({ ClientRequestToken }) => ClientRequestToken);
  expect(tokens.filter((each) => each === 'one')).toHaveLength(4);
  expect(new Set(tokens)).toEqual(new Set(['one', 'two']));
});

it('a deletion that is repeated with its token begins nothing anew', async () => {
  const { StackId = '' } = await engine.create('tokens', { Resources: { Queue } });
  const remove = async (ClientRequestToken: string) => {
    const StackName = 'tokens';
    await engine.cloudformation.send(new DeleteStackCommand({ StackName, ClientRequestToken }));
    return (await engine.stack(StackId)).StackStatus;
  };
  const { faults } = engine.running;
  faults.set({ ...NO_FAULTS, deny: ['sqs:DeleteQueue'] }, 0);
  const first = await remove('one').finally(() => faults.set(NO_FAULTS, 0));
  expect([first, await remove('one')]).toEqual(['DELETE_FAILED', 'DELETE_FAILED']);
  expect(await remove('two')).toBe('DELETE_COMPLETE');
});

it('S3 is refused in words', async () => {
  const answer = await fetch(`${engine.endpoint}/bucket/key`, {
    method: 'PUT',
    headers: {
      Authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: '%%%',
  });
  expect(answer.status).toBe(501);
  expect(await answer.text()).toMatch(/<Code>NotImplemented<.*The local engine has no S3/s);
});

it('a stack may have nothing but what waits for nothing', async () => {
  const stack = await engine.create('nothing', {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: {
      Queue: { ...Queue, Condition: 'Never' },
      Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    },
  });
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
});

describe('keys', () => {
  const allow = (Principal: object, Action: string | string[]) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: '*',
  });
  const root = allow({ AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } }, 'kms:*');
  const sns = allow({ Service: 'sns.amazonaws.com' }, ['kms:GenerateDataKey*', 'kms:Decrypt']);
  const template = (statements: readonly object[], more: object = {}) => ({
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: { Version: '2012-10-17', Statement: statements },
          EnableKeyRotation: true,
          PendingWindowInDays: 7,
          ...more,
        },
      },
      Alias: {
        Type: 'AWS::KMS::Alias',
        Properties: { AliasName: 'alias/messages', TargetKeyId: { Ref: 'Key' } },
      },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { Ref: 'Alias' } } },
      Queue: { ...Queue, Properties: { KmsMasterKeyId: { 'Fn::GetAtt': 'Key.Arn' } } },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: { Ref: 'Topic' },
          Protocol: 'sqs',
          Endpoint: { 'Fn::GetAtt': 'Queue.Arn' },
          RawMessageDelivery: true,
        },
      },
      Policy: {
        Type: 'AWS::SQS::QueueInlinePolicy',
        Properties: {
          Queue: { Ref: 'Queue' },
          PolicyDocument: {
            Statement: [{ ...allow({ Service: 'sns.amazonaws.com' }, 'sqs:SendMessage') }],
          },
        },
      },
    },
    Outputs: {
      Key: { Value: { Ref: 'Key' } },
      Topic: { Value: { Ref: 'Topic' } },
      Queue: { Value: { Ref: 'Queue' } },
    },
  });
  const kms = () => new KMSClient({ ...PLACE, endpoint: engine.endpoint });
  const arrives = async ({ Topic = '', Queue: QueueUrl = '' }: Record<string, string>) => {
    await engine.sns.send(new PublishCommand({ TopicArn: Topic, Message: 'a' }));
    const received = await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    return received.Messages?.map(({ Body }) => Body);
  };

  it('encrypt topics and queues, and let pass what their policy does', async () => {
    await engine.create('keys', template([root]));
    const outputs = await outputsOf('keys');
    expect(await arrives(outputs)).toBeUndefined();
    await engine.update('keys', template([root, sns]));
    expect(await arrives(outputs)).toEqual(['a']);
    const { Key: KeyId = '' } = outputs;
    const client = kms();
    const { Policy } = await client.send(new GetKeyPolicyCommand({ KeyId }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{}, sns] });
    const state = async () =>
      (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
    await engine.update('keys', template([root, sns], { Enabled: false }));
    expect(await state()).toBe('Disabled');
    await engine.update('keys', template([root, sns]));
    expect(await state()).toBe('Enabled');
    expect((await engine.remove('keys')).StackStatus).toBe('DELETE_COMPLETE');
    expect(await state()).toBe('PendingDeletion');
    // The alias is free again.
    expect((await engine.create('again', template([root]))).StackStatus).toBe('CREATE_COMPLETE');
    client.destroy();
  });

  it('of other kinds are refused in words', async () => {
    const stack = await engine.create('keys', template([root], { KeySpec: 'RSA_2048' }));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events('keys')).join('\n')).toMatch(/Key CREATE_FAILED .*RSA_2048/);
  });
});

it('the policy of one queue or topic goes with its stack', async () => {
  await engine.create('owner', {
    Resources: { Queue: { ...Queue, Properties: { QueueName: 'work' } } },
  });
  const QueueUrl = `${engine.endpoint}/000000000000/work`;
  const policy = async () => {
    const AttributeNames = ['Policy' as const];
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
    return (await engine.sqs.send(asked)).Attributes?.Policy;
  };
  const template = (Sid: string) => ({
    Resources: {
      Policy: {
        Type: 'AWS::SQS::QueueInlinePolicy',
        Properties: {
          Queue: QueueUrl,
          PolicyDocument: {
            Statement: { Sid, Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' },
          },
        },
      },
    },
  });
  await engine.create('policy', template('one'));
  expect(await policy()).toContain('"one"');
  await engine.update('policy', template('two'));
  expect(await policy()).toContain('"two"');
  await engine.remove('policy');
  expect(await policy()).toBeUndefined();
});

describe('a function of SAM that is published', () => {
  const template = (answer: string, more: object = {}) => ({
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Failed: { ...Queue, Properties: { QueueName: 'failed', VisibilityTimeout: 43_200 } },
      Work: { ...Queue, Properties: { QueueName: 'work' } },
      Function: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          FunctionName: 'published',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          InlineCode: `exports.handler = async ({ Records: [record] }, { invokedFunctionArn }) => {
            throw new Error('${answer} ' + invokedFunctionArn.split(':').pop());
          };`,
          AutoPublishAlias: 'live',
          EventInvokeConfig: {
            MaximumRetryAttempts: 0,
            DestinationConfig: {
              OnFailure: { Type: 'SQS', Destination: { 'Fn::GetAtt': 'Failed.Arn' } },
            },
          },
          Policies: [{ SQSPollerPolicy: { QueueName: 'work' } }, { CloudWatchPutMetricPolicy: {} }],
          Events: {
            Published: { Type: 'SNS', Properties: { Topic: { Ref: 'Topic' } } },
            Sent: { Type: 'SQS', Properties: { Queue: { 'Fn::GetAtt': 'Work.Arn' } } },
          },
          ...more,
        },
      },
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } } },
  });
  const SAM = { Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const] };
  const failure = async (TopicArn = ''): Promise<unknown> => {
    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'a' }));
    const QueueUrl = `${engine.endpoint}/000000000000/failed`;
    const asked = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
    for (;;) {
      const [message] = (await engine.sqs.send(asked)).Messages ?? [];
      if (message !== undefined) return JSON.parse(message.Body ?? '{}');
    }
  };

  it('is invoked by its alias, which follows the code', async () => {
    await engine.create('sam', template('first'), SAM);
    const { Topic } = await outputsOf('sam');
    expect(await failure(Topic)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
      responsePayload: { errorMessage: 'first live' },
    });
    const lambda = new LambdaClient({ ...PLACE, endpoint: engine.endpoint });
    const version = async () => {
      const asked = new GetAliasCommand({ FunctionName: 'published', Name: 'live' });
      return (await lambda.send(asked)).FunctionVersion;
    };
    const mapped = new ListEventSourceMappingsCommand({ FunctionName: 'published:live' });
    expect((await lambda.send(mapped)).EventSourceMappings).toHaveLength(1);
    expect(await version()).toBe('1');
    await engine.update('sam', template('second'), SAM);
    expect(await failure(Topic)).toMatchObject({
      responsePayload: { errorMessage: 'second live' },
    });
    expect(await version()).toBe('2');
    // The version before stays, as its policy says.
    const invoked = new InvokeCommand({ FunctionName: 'published', Qualifier: '1' });
    expect((await lambda.send(invoked)).FunctionError).toBe('Unhandled');
    expect((await engine.remove('sam')).StackStatus).toBe('DELETE_COMPLETE');
    lambda.destroy();
  });

  it.each<[string, object, string]>([
    ['an alias of a parameter', { AutoPublishAlias: { Ref: 'Topic' } }, 'must be a string'],
    [
      'a destination that SAM would make',
      { EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: 'SQS' } } } },
      "'Destination' of OnFailure is missing",
    ],
    [
      'a destination of another type',
      { EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: 'S3' } } } },
      "'Type: S3' must be one of [EventBridge, Lambda, SNS, SQS]",
    ],
  ])('with %s is refused', async (_, more, reason) => {
    expect(await engine.refusal(template('first', more))).toContain(reason);
  });
});

describe('versions and aliases of functions', () => {
  const template = (answer: string, version: string) => ({
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'answering',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/any',
          Code: { ZipFile: `exports.handler = async () => '${answer}';` },
        },
      },
      [version]: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: 'Function' } },
      },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: { Ref: 'Function' },
          FunctionVersion: { 'Fn::GetAtt': `${version}.Version` },
          Name: 'live',
        },
      },
      Invocations: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Function' },
          Qualifier: 'live',
          MaximumRetryAttempts: 0,
        },
        DependsOn: 'Alias',
      },
    },
    Outputs: { Alias: { Value: { Ref: 'Alias' } }, Version: { Value: { Ref: version } } },
  });

  it('follow each other', async () => {
    const lambda = new LambdaClient({ ...PLACE, endpoint: engine.endpoint });
    const FunctionName = 'answering';
    const invoke = async (Qualifier: string) => {
      const answer = await lambda.send(new InvokeCommand({ FunctionName, Qualifier }));
      return answer.Payload?.transformToString();
    };
    await engine.create('versions', template('one', 'First'));
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:answering';
    expect(await outputsOf('versions')).toEqual({ Alias: `${arn}:live`, Version: `${arn}:1` });
    expect(await invoke('live')).toBe('"one"');
    const configured = new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'live' });
    expect(await lambda.send(configured)).toMatchObject({ MaximumRetryAttempts: 0 });

    await engine.update('versions', template('two', 'Second'));
    expect(await invoke('live')).toBe('"two"');
    expect(await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))).toMatchObject({
      FunctionVersion: '2',
    });
    const { Versions = [] } = await lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName }),
    );
    expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '2']);

    const unchanged = await engine.update('versions', template('two', 'Third'));
    expect(unchanged.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await engine.events('versions')).join('\n')).toContain(
      'A version for this Lambda function exists ( 2 ). Modify the function to create a new version.',
    );
    expect(await invoke('live')).toBe('"two"');
    expect((await engine.remove('versions')).StackStatus).toBe('DELETE_COMPLETE');
    lambda.destroy();
  });

  it('are refused in words what the engine has not', async () => {
    const provisioned = {
      Resources: {
        ...template('one', 'First').Resources,
        Provisioned: {
          Type: 'AWS::Lambda::Alias',
          Properties: {
            FunctionName: { Ref: 'Function' },
            FunctionVersion: '$LATEST',
            Name: 'warm',
            ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
          },
        },
      },
    };
    const stack = await engine.create('versions', provisioned);
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events('versions')).join('\n')).toContain(
      'does not support the property ProvisionedConcurrencyConfig of aliases',
    );
  });
});

it.each([
  ['of its own', false],
  ['within the topic', true],
])('a mail subscription that nobody has confirmed, %s, keeps no stack', async (_, isWithin) => {
  const mail = { Protocol: 'email', Endpoint: 'ops@example.com' };
  const template = (endpoint: string) => ({
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: isWithin ? { Subscription: [{ ...mail, Endpoint: endpoint }] } : {},
      },
      ...(isWithin
        ? {}
        : {
            Mail: {
              Type: 'AWS::SNS::Subscription',
              Properties: { ...mail, Endpoint: endpoint, TopicArn: { Ref: 'Topic' } },
            },
          }),
    },
  });
  await engine.create('mail', template('ops@example.com'));
  const changed = await engine.update('mail', template('other@example.com'));
  expect(changed.StackStatus).toBe('UPDATE_COMPLETE');
  expect((await engine.remove('mail')).StackStatus).toBe('DELETE_COMPLETE');
});
