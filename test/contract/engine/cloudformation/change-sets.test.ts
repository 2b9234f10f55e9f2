import {
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterAll(() => engine.stop());

const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
};

async function propose(
  StackName: string,
  ChangeSetName: string,
  Resources: object,
  more: Partial<CreateChangeSetCommandInput> = {},
) {
  const TemplateBody = JSON.stringify({ Resources });
  await engine.cloudformation.send(
    new CreateChangeSetCommand({ StackName, ChangeSetName, TemplateBody, ...more }),
  );
  return describeSet(StackName, ChangeSetName);
}

function describeSet(StackName: string, ChangeSetName: string, IncludePropertyValues = false) {
  return engine.cloudformation.send(
    new DescribeChangeSetCommand({ StackName, ChangeSetName, IncludePropertyValues }),
  );
}

function execute(StackName: string, ChangeSetName: string, ClientRequestToken?: string) {
  return engine.cloudformation.send(
    new ExecuteChangeSetCommand({ StackName, ChangeSetName, ClientRequestToken }),
  );
}

it('makes a stack, once it is executed', async () => {
  const proposed = await propose('new', 'first', { Queue: queue() }, { ChangeSetType: 'CREATE' });
  expect(proposed).toMatchObject({
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    Changes: [
      {
        Type: 'Resource',
        ResourceChange: {
          Action: 'Add',
          LogicalResourceId: 'Queue',
          ResourceType: 'AWS::SQS::Queue',
        },
      },
    ],
  });
  expect((await engine.stack('new')).StackStatus).toBe('REVIEW_IN_PROGRESS');
  await execute('new', 'first');
  expect(await engine.stack('new')).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    ChangeSetId: proposed.ChangeSetId,
  });
  await expect(execute('new', 'first')).rejects.toMatchObject({
    name: 'InvalidChangeSetStatusException',
  });
  await expect(
    propose('new', 'again', { Queue: queue() }, { ChangeSetType: 'CREATE' }),
  ).rejects.toThrow('Stack [new] already exists');
  await engine.remove('new');
});

it('is executed once by a call that is repeated with its token', async () => {
  await propose('token', 'first', { Queue: queue() }, { ChangeSetType: 'CREATE' });
  await execute('token', 'first', 'one');
  await execute('token', 'first', 'one');
  await expect(execute('token', 'first', 'two')).rejects.toMatchObject({
    name: 'InvalidChangeSetStatusException',
  });
  // The same token with another change set is another call.
  await propose('token', 'second', { Queue: queue({ DelaySeconds: 1 }) });
  await execute('token', 'second', 'one');
  await execute('token', 'second', 'one');
  expect((await engine.stack('token')).StackStatus).toBe('UPDATE_COMPLETE');
  const begun = (await engine.events('token')).filter((event) => event.endsWith('User Initiated'));
  expect(begun).toEqual([
    'token REVIEW_IN_PROGRESS User Initiated',
    'token CREATE_IN_PROGRESS User Initiated',
    'token UPDATE_IN_PROGRESS User Initiated',
  ]);
  await engine.remove('token');
});

it('shows what is added, changed, replaced and removed', async () => {
  const Topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'plan' } };
  const policy = (name: string) => ({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ Ref: name }], PolicyDocument: POLICY },
  });
  await engine.create('plan', {
    Resources: {
      Topic,
      Changed: queue({ QueueName: 'plan-changed', DelaySeconds: 1 }),
      Replaced: queue({ QueueName: 'plan-1' }),
      Follows: policy('Replaced'),
      Gone: queue({ QueueName: 'plan-gone' }),
      Kept: { ...queue({ QueueName: 'plan-kept' }), DeletionPolicy: 'Retain' },
    },
  });
  const after = {
    Topic,
    Changed: queue({ QueueName: 'plan-changed', DelaySeconds: 2 }),
    Replaced: queue({ QueueName: 'plan-2' }),
    Follows: policy('Replaced'),
    Added: queue(),
  };
  const { Changes = [] } = await propose('plan', 'change', after);
  expect(
    Changes.map(({ ResourceChange: change }) => [
      change?.LogicalResourceId,
      change?.Action,
      change?.Replacement,
      change?.PolicyAction,
      change?.Details?.map(({ Target }) => [Target?.Name, Target?.RequiresRecreation]),
    ]),
  ).toEqual([
    ['Changed', 'Modify', 'False', undefined, [['DelaySeconds', 'Never']]],
    ['Replaced', 'Modify', 'True', 'ReplaceAndDelete', [['QueueName', 'Always']]],
    ['Follows', 'Modify', 'False', undefined, [['Queues', 'Never']]],
    ['Added', 'Add', undefined, undefined, []],
    ['Gone', 'Remove', undefined, 'Delete', []],
    ['Kept', 'Remove', undefined, 'Retain', []],
  ]);
  expect(Changes[0]?.ResourceChange?.Details?.[0]?.Target?.BeforeValue).toBeUndefined();
  const shown = await describeSet('plan', 'change', true);
  expect(shown.Changes?.[0]?.ResourceChange?.Details?.[0]?.Target).toMatchObject({
    BeforeValue: '1',
    AfterValue: '2',
  });
  expect(shown.Changes?.[2]?.ResourceChange?.Details?.[0]).toMatchObject({
    Evaluation: 'Dynamic',
    Target: { AfterValue: '["{{changeSet:KNOWN_AFTER_APPLY}}"]' },
  });
  // Nothing was done by looking.
  expect((await engine.events('plan')).some((event) => event.includes('UPDATE'))).toBe(false);
  await propose('plan', 'other', { Topic });
  await execute('plan', 'change');
  expect((await engine.stack('plan')).StackStatus).toBe('UPDATE_COMPLETE');
  const { Summaries = [] } = await engine.cloudformation.send(
    new ListChangeSetsCommand({ StackName: 'plan' }),
  );
  expect(Summaries.map((each) => [each.ChangeSetName, each.ExecutionStatus])).toEqual([
    ['change', 'EXECUTE_COMPLETE'],
  ]);
  await engine.remove('plan');
});

it('without changes fails in the words that tools look for', async () => {
  await engine.create('calm', { Resources: { Queue: queue() } });
  const empty = await propose('calm', 'empty', { Queue: queue() });
  expect(empty).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
    Changes: [],
  });
  await expect(execute('calm', 'empty')).rejects.toMatchObject({
    name: 'InvalidChangeSetStatusException',
  });
  await expect(propose('calm', 'empty', { Queue: queue() })).rejects.toMatchObject({
    name: 'AlreadyExistsException',
  });
  await engine.cloudformation.send(
    new DeleteChangeSetCommand({ StackName: 'calm', ChangeSetName: 'empty' }),
  );
  await expect(describeSet('calm', 'empty')).rejects.toMatchObject({
    name: 'ChangeSetNotFoundException',
    message: 'ChangeSet [empty] does not exist',
  });
  await engine.remove('calm');
});

it.each([
  [{ ChangeSetType: 'UPDATE' }, 'Stack with id nowhere does not exist'],
  [{ ChangeSetType: 'IMPORT' }, 'The local engine does not support change sets of type IMPORT.'],
  [
    { ChangeSetType: 'CREATE', ImportExistingResources: true },
    'The local engine does not support ImportExistingResources.',
  ],
  [
    { ChangeSetType: 'CREATE', IncludeNestedStacks: true },
    'The local engine does not support nested stacks.',
  ],
  [
    { ChangeSetType: 'CREATE', TemplateBody: undefined, TemplateURL: 'https://s3/x' },
    'The local engine has no S3: give the template as TemplateBody, not as TemplateURL.',
  ],
  [
    { ChangeSetType: 'CREATE', ChangeSetName: 'not_a_name' },
    "Value 'not_a_name' at 'changeSetName'",
  ],
  [{ ChangeSetType: 'CREATE', StackName: '1st' }, "Value '1st' at 'stackName'"],
] as const)('with %j is refused', async (more, message) => {
  await expect(propose('nowhere', 'x', { Queue: queue() }, more)).rejects.toThrow(message);
});

it('uses values and template of before', async () => {
  const template = {
    Parameters: {
      Delay: { Type: 'Number' },
      Wait: { Type: 'Number', Default: 1 },
      Secret: { Type: 'String', NoEcho: true },
    },
    Resources: {
      Queue: queue({
        DelaySeconds: { Ref: 'Delay' },
        ReceiveMessageWaitTimeSeconds: { Ref: 'Wait' },
        Tags: [{ Key: 'secret', Value: { Ref: 'Secret' } }],
      }),
    },
  };
  const given = (key: string, value: string) => ({ ParameterKey: key, ParameterValue: value });
  const kept = (key: string) => ({ ParameterKey: key, UsePreviousValue: true });
  await engine.create('before', template, {
    Parameters: [given('Delay', '5'), given('Secret', 'hush')],
  });
  await engine.cloudformation.send(
    new CreateChangeSetCommand({
      StackName: 'before',
      ChangeSetName: 'more',
      UsePreviousTemplate: true,
      Parameters: [kept('Delay'), given('Wait', '7'), kept('Secret')],
    }),
  );
  const { Changes = [], Parameters } = await describeSet('before', 'more');
  expect(Changes[0]?.ResourceChange?.Details?.map(({ Target }) => Target?.Name)).toEqual([
    'ReceiveMessageWaitTimeSeconds',
  ]);
  expect(Parameters).toEqual([given('Delay', '5'), given('Wait', '7'), given('Secret', '****')]);
  await execute('before', 'more');
  const { TemplateBody } = await engine.cloudformation.send(
    new GetTemplateCommand({ StackName: 'before' }),
  );
  expect(TemplateBody).toBe(JSON.stringify(template));
  await engine.remove('before');
});
