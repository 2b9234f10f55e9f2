// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';

// What templates have that the CDK made, or that AWS's own documents show.

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterEach(() => engine.running.engine.reset());
afterAll(() => engine.stop());

const Queue = { Type: 'AWS::SQS::Queue' };
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
