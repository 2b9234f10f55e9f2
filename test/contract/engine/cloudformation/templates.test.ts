// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import { GetTemplateSummaryCommand, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterAll(() => engine.stop());

const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'values' } };

/** What a value comes to in a stack with a queue. */
async function comesTo(value: unknown, more: object = {}, parameters: Record<string, string> = {}) {
  const stack = await engine.create(
    'values',
    { Resources: { Queue }, Outputs: { Value: { Value: value } }, ...more },
    {
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    },
  );
  const events = await engine.events('values');
  await engine.remove('values');
  const failed = events.find((event) => event.startsWith('values ROLLBACK_IN_PROGRESS'));
  return stack.Outputs?.[0]?.OutputValue ?? failed;
}

const ARN = 'arn:aws:sqs:us-east-1:000000000000:values';
const Mappings = { Ports: { dev: { web: '80', all: ['a', 'b'] } } };

describe('a function', () => {
  it.each<[unknown, string]>([
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::AccountId' }, '000000000000'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, ARN],
    [{ 'Fn::GetAtt': 'Queue.QueueName' }, 'values'],
    [{ 'Fn::Sub': '${Queue.Arn}/${AWS::StackName}/${!Literal}' }, `${ARN}/values/\${Literal}`],
    [{ 'Fn::Sub': ['${A}-${B}', { A: { Ref: 'AWS::Partition' }, B: 1 }] }, 'aws-1'],
    [{ 'Fn::Join': [':', ['a', { Ref: 'AWS::URLSuffix' }, 3]] }, 'a:amazonaws.com:3'],
    [{ 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [{ 'Fn::Select': [4, { 'Fn::Split': [':', { 'Fn::GetAtt': 'Queue.Arn' }] }] }, '000000000000'],
    [{ 'Fn::FindInMap': ['Ports', 'dev', 'web'] }, '80'],
    [{ 'Fn::Select': [0, { 'Fn::FindInMap': ['Ports', 'dev', 'all'] }] }, 'a'],
    [{ 'Fn::FindInMap': ['Ports', 'prod', 'web', { DefaultValue: '443' }] }, '443'],
    [{ 'Fn::Base64': { 'Fn::Sub': 'x' } }, 'eA=='],
    [{ 'Fn::Select': [1, { 'Fn::Cidr': ['10.0.5.0/16', '4', 8] }] }, '10.0.1.0/24'],
    [{ 'Fn::Select': [255, { 'Fn::Cidr': ['172.16.0.0/16', 256, 8] }] }, '172.16.255.0/24'],
    [{ 'Fn::If': ['Yes', 'then', 'else'] }, 'then'],
    [{ 'Fn::If': ['No', 'then', { 'Fn::If': ['Both', 'both', 'neither'] }] }, 'neither'],
    [{ 'Fn::Join': ['', ['a', { 'Fn::If': ['No', 'b', { Ref: 'AWS::NoValue' }] }]] }, 'a'],
  ])('%j is %s', async (value, expected) => {
    const Conditions = {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    };
    expect(await comesTo(value, { Mappings, Conditions })).toBe(expected);
  });

  it.each<[unknown, string]>([
    [{ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select cannot select nonexistent value at index 2'],
    [{ 'Fn::FindInMap': ['Ports', 'qa', 'web'] }, 'Unable to get mapping for Ports::qa::web'],
    [{ 'Fn::Join': ['-', 'a'] }, 'every Fn::Join object requires two parameters'],
    [{ 'Fn::ImportValue': 'nobody' }, 'No export named nobody found.'],
    [{ 'Fn::Join': ['', { 'Fn::Cidr': ['10.0.0.0/24', 17, 4] }] }, '17 blocks of /28 do not fit'],
    [{ 'Fn::Join': ['', { 'Fn::Cidr': ['10.0.0.0/8', 257, 4] }] }, 'between 1 and 256 blocks'],
    [{ 'Fn::Join': ['', { 'Fn::Cidr': ['fd00::/8', 1, 4] }] }, 'a block of IPv4 addresses'],
    ['{{resolve:ssm:/a/b}}', 'does not support dynamic references ({{resolve:ssm:…}})'],
    [{ 'Fn::Equals': ['a', 'a'] }, 'Fn::Equals can only be used in the Conditions section'],
  ])('%j fails', async (value, reason) => {
    const told = await comesTo(value, { Mappings }).catch((error: Error) => error.message);
    expect(told).toContain(reason);
  });
});

describe('a parameter', () => {
  const value = (declared: object, given?: string) =>
    comesTo({ Ref: 'P' }, { Parameters: { P: declared } }, given === undefined ? {} : { P: given });

  it('has its default, or what is given', async () => {
    expect(await value({ Type: 'Number', Default: 7 })).toBe('7');
    expect(await value({ Type: 'String', Default: 'a' }, 'b')).toBe('b');
    const list = { Type: 'CommaDelimitedList', Default: 'a, b' };
    const joined = { 'Fn::Join': ['|', { Ref: 'P' }] };
    expect(await comesTo(joined, { Parameters: { P: list } })).toBe('a|b');
  });

  it.each<[object, string | undefined, string]>([
    [{ Type: 'String' }, undefined, 'Parameters: [P] must have values'],
    [{ Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
    [{ Type: 'Number', MinValue: 5 }, '4', "Parameter 'P' must be a number not less than 5"],
    [{ Type: 'Number', MaxValue: 5 }, '6', "Parameter 'P' must be a number not greater than 5"],
    [{ Type: 'String', AllowedValues: ['a'] }, 'b', "Parameter 'P' must be one of AllowedValues"],
    [
      { Type: 'String', AllowedPattern: '[a-z]+' },
      'ab1',
      "Parameter 'P' must match pattern [a-z]+",
    ],
    [{ Type: 'String', MinLength: 2 }, 'a', "Parameter 'P' must contain at least 2 characters"],
    [{ Type: 'String', MaxLength: 2 }, 'abc', "Parameter 'P' must contain at most 2 characters"],
    [
      { Type: 'String', AllowedPattern: 'x', ConstraintDescription: 'say x' },
      'y',
      'Parameter P failed to satisfy constraint: say x',
    ],
    [{ Type: 'Text' }, 'x', 'Unrecognized parameter type: Text'],
    [{ Type: 'AWS::SSM::Parameter::Value<String>' }, 'x', 'Unable to fetch parameters [x]'],
  ])('%j refuses %s', async (declared, given, reason) => {
    await expect(value(declared, given)).rejects.toThrow(reason);
  });

  it.each([
    [{ Type: 'Number', MinValue: 5, MaxValue: 5 }, '5'],
    [{ Type: 'String', MinLength: 2, MaxLength: 2 }, 'ab'],
  ])('%j takes %s', async (declared, given) => {
    expect(await value(declared, given)).toBe(given);
  });

  it('that is unknown is refused', async () => {
    await expect(comesTo('x', {}, { Q: '1' })).rejects.toThrow(
      'Parameters: [Q] do not exist in the template',
    );
  });
});

describe('a template', () => {
  const withQueue = (properties: unknown, more: object = {}) => ({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: properties, ...more } },
  });

  it.each<[string, unknown, string]>([
    [
      'broken JSON',
      '{"Resources": ',
      'Template format error: JSON not well-formed. (line 1, column 15)',
    ],
    [
      'broken YAML',
      'Resources:\n  a: [1',
      'Template format error: YAML not well-formed. (line 2, column 8)',
    ],
    ['a key twice', 'Resources:\n  A: 1\n  A: 2', 'a key stands twice. (line 3, column 3)'],
    ['a list', '[1]', 'Template format error: unsupported structure.'],
    ['nothing', {}, 'Template format error: At least one Resources member must be defined.'],
    ['an unknown section', { Resource: {} }, 'Invalid template property or properties [Resource]'],
    [
      'no type',
      { Resources: { A: {} } },
      '[/Resources/A] Every Resources object must contain a Type member.',
    ],
    ['an unknown member', withQueue({}, { Foo: 1 }), "Invalid template resource property 'Foo'"],
    [
      'a name with a dash',
      { Resources: { 'A-b': Queue } },
      'Resource name A-b is non alphanumeric.',
    ],
    [
      'a bucket',
      { Resources: { B: { Type: 'AWS::S3::Bucket' } } },
      'Template format error: Unrecognized resource types: [AWS::S3::Bucket].',
    ],
    [
      'a nested stack',
      { Resources: { B: { Type: 'AWS::CloudFormation::Stack' } } },
      'Unrecognized resource types: [AWS::CloudFormation::Stack]. The local engine does not support nested stacks',
    ],
    [
      'Ref of nothing',
      withQueue({ QueueName: { Ref: 'Nope' } }),
      'Unresolved resource dependencies [Nope] in the Resources block of the template',
    ],
    [
      'Sub of nothing',
      withQueue({ QueueName: { 'Fn::Sub': '${Nope}' } }),
      'Unresolved resource dependencies [Nope] in the Resources block',
    ],
    [
      'DependsOn of nothing',
      withQueue({}, { DependsOn: ['Nope'] }),
      'Unresolved resource dependencies [Nope] in the Resources block',
    ],
    [
      'GetAtt of no attribute',
      withQueue({ QueueName: { 'Fn::GetAtt': 'Queue.Foo' } }),
      'resource Queue does not support attribute type Foo in Fn::GetAtt',
    ],
    [
      'an output of nothing',
      { Resources: { Queue }, Outputs: { A: { Value: { Ref: 'Nope' } } } },
      'Unresolved resource dependencies [Nope] in the Outputs block of the template',
    ],
    [
      'an unknown condition',
      withQueue({}, { Condition: 'Nope' }),
      'Unresolved condition dependency Nope in the Resources block of the template',
    ],
    [
      'ForEach',
      { Resources: { 'Fn::ForEach::Q': ['N', ['a'], { '${N}': Queue }] } },
      'the local engine does not support Fn::ForEach',
    ],
    [
      'another function',
      withQueue({ QueueName: { 'Fn::Length': ['a', 1] } }),
      'the local engine does not support Fn::Length',
    ],
    [
      'Snapshot',
      withQueue({}, { DeletionPolicy: 'Snapshot' }),
      'resource type AWS::SQS::Queue does not support deletion policy Snapshot',
    ],
    ['a macro', { Transform: 'Mine', Resources: { Queue } }, 'No transform named Mine found.'],
    [
      'a rule without assertions',
      { Rules: { A: {} }, Resources: { Queue } },
      'Rule A must have a list of Assertions',
    ],
    [
      'a rule about resources of AWS',
      { Rules: { A: { Assertions: [{ Assert: { 'Fn::RefAll': 'x' } }] } }, Resources: { Queue } },
      'does not support Fn::RefAll',
    ],
    [
      'a YAML alias',
      'Metadata: {a: &a {}}\nResources: {Q: {Type: AWS::SQS::Queue, Properties: *a}}',
      'Template error: YAML aliases are not allowed in CloudFormation templates',
    ],
    [
      'another version',
      { AWSTemplateFormatVersion: '2011-01-01', Resources: { Queue } },
      'Unsupported template format version 2011-01-01',
    ],
  ])('with %s is refused', async (_, template, reason) => {
    expect(await engine.refusal(template)).toContain(reason);
  });

  it('that goes in a circle is refused', async () => {
    const of = (name: string) => ({
      Type: 'AWS::SQS::Queue',
      Properties: { Tags: [{ Key: 'a', Value: { Ref: name } }] },
    });
    const Resources = { A: of('B'), B: of('C'), C: of('B') };
    expect(await engine.refusal({ Resources })).toBe(
      'Circular dependency between resources: [B, C]',
    );
  });

  it('of 51,200 bytes is the largest', async () => {
    const text = JSON.stringify({ Resources: { Queue }, Description: '' });
    const sized = (bytes: number) => text.padEnd(bytes, ' ');
    expect(await engine.refusal(sized(51_200))).toBe('');
    expect(await engine.refusal(sized(51_201))).toContain('less than or equal to 51200');
  });

  it('in YAML has short forms, and account numbers with their zeros', async () => {
    const stack = await engine.create(
      'yaml',
      `
Conditions:
  InUs: !Equals [!Ref AWS::Region, us-east-1]
  Not: !Not [!Condition InUs]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Condition: InUs
    Properties:
      VisibilityTimeout: 5
  Never: { Type: AWS::SQS::Queue, Condition: Not }
Outputs:
  Account: { Value: !Join ['', [000000000012, '']] }
  Version: { Value: !Sub "\${AWS::Region} 2012-10-17" }
  Arn: { Value: !GetAtt Queue.Arn }
  Encoded: { Value: { 'Fn::Base64': !Sub '\${AWS::StackName}' } }
  Multi:
    Value: !Sub
      - '\${a}/\${b}'
      - a: !Select [1, !Split [',', 'x,y']]
        b: !If [Not, 1, 2]
  Absent: { Value: x, Condition: Not }
`,
    );
    const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [
      OutputKey,
      OutputValue,
    ]);
    expect(Object.fromEntries(outputs)).toEqual({
      Account: '000000000012',
      Version: 'us-east-1 2012-10-17',
      Arn: expect.stringMatching(/:yaml-Queue-[A-Z0-9]{12}$/),
      Encoded: 'eWFtbA==',
      Multi: 'y/2',
    });
    expect((await engine.events('yaml')).some((event) => event.startsWith('Never'))).toBe(false);
    await engine.remove('yaml');
  });

  it('with roles needs a capability', async () => {
    const template = (more: object = {}) => ({
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: { Statement: [] }, ...more },
        },
      },
      Outputs: {
        Arn: { Value: { 'Fn::GetAtt': 'Role.Arn' } },
      },
    });
    await expect(engine.create('role', template())).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    });
    const named = template({ RoleName: 'mine', Path: '/app/' });
    await expect(
      engine.create('role', named, { Capabilities: ['CAPABILITY_IAM'] }),
    ).rejects.toThrow('Requires capabilities : [CAPABILITY_NAMED_IAM]');
    const stack = await engine.create('role', named, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
    expect(stack.Outputs?.[0]?.OutputValue).toBe('arn:aws:iam::000000000000:role/app/mine');
    await engine.remove('role');
    const told = await engine.cloudformation.send(
      new ValidateTemplateCommand({ TemplateBody: JSON.stringify(named) }),
    );
    expect(told).toMatchObject({
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    });
  });

  it('is summed up', async () => {
    const template = {
      Description: 'told',
      Parameters: {
        A: { Type: 'String', Default: 'x', AllowedValues: ['x', 'y'], Description: 'which' },
        B: { Type: 'Number', NoEcho: true },
      },
      Resources: { Queue, Topic: { Type: 'AWS::SNS::Topic' } },
    };
    const summary = await engine.cloudformation.send(
      new GetTemplateSummaryCommand({ TemplateBody: JSON.stringify(template) }),
    );
    expect(summary).toMatchObject({
      Description: 'told',
      ResourceTypes: ['AWS::SQS::Queue', 'AWS::SNS::Topic'],
      Parameters: [
        {
          ParameterKey: 'A',
          ParameterType: 'String',
          DefaultValue: 'x',
          NoEcho: false,
          ParameterConstraints: { AllowedValues: ['x', 'y'] },
        },
        { ParameterKey: 'B', ParameterType: 'Number', NoEcho: true },
      ],
    });
  });
});
