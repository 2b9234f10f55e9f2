import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { transform } from '../../../src/lib/engine/services/cloudformation/sam/transform.ts';
import type { DataMap } from '../../../src/lib/engine/services/cloudformation/template/data.ts';

const read = (name: string): DataMap =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/sam', name), 'utf8'));
const Transform = 'AWS::Serverless-2016-10-31';

describe('a template of SAM', () => {
  it('becomes one of CloudFormation', () => {
    expect(transform(read('everything.json'))).toEqual(read('everything-processed.json'));
  });

  it.each([
    [['A'], { Condition: 'A' }, undefined],
    [['A', undefined], { Condition: undefined }, undefined],
    [
      ['A', 'B'],
      { Condition: 'ServerlessHttpApiCondition' },
      { ServerlessHttpApiCondition: { 'Fn::Or': [{ Condition: 'A' }, { Condition: 'B' }] } },
    ],
  ])('with routes under the conditions %j has an API under %j', (conditions, api, made) => {
    const functions = conditions.map((Condition, at) => [
      `Of${at}`,
      {
        Type: 'AWS::Serverless::Function',
        ...(Condition && { Condition }),
        Properties: {
          InlineCode: 'x',
          Events: { Route: { Type: 'HttpApi', Properties: { Path: `/${at}`, Method: 'get' } } },
        },
      },
    ]);
    const Conditions = { A: true, B: false };
    const Resources = Object.fromEntries(functions);
    const done = transform({ Transform, Conditions, Resources });
    const { ServerlessHttpApi } = done.Resources as Record<string, DataMap>;
    expect({ Condition: ServerlessHttpApi?.Condition }).toEqual(api);
    expect(done.Conditions).toEqual({ ...Conditions, ...made });
  });

  const code = { InlineCode: 'x' };
  const of = (Properties: object, Type = 'AWS::Serverless::Function') => ({
    Transform,
    Resources: { F: { Type, Properties } },
  });
  const event = (Type: string, Properties: unknown = {}) =>
    of({ ...code, Events: { E: { Type, Properties } } });
  const api = (Properties: object) => event('HttpApi', Properties);
  const httpApi = (Properties: object) => of(Properties, 'AWS::Serverless::HttpApi');
  const invoked = (given: object) =>
    of({ ...code, EventInvokeConfig: { DestinationConfig: { OnFailure: given } } });
  const problem = (text: string) =>
    `Transform ${Transform} failed with: Invalid Serverless Application Specification document. Number of errors found: 1. ${text}`;
  const ofF = (text: string) => problem(`Resource with id [F] is invalid. ${text}`);
  const unsupported = (name: string) =>
    ofF(`The local engine does not support the property ${name}.`);
  const refused = (text: string) => ofF(`Event with id [E] is invalid. ${text}`);

  it.each<[object, string]>([
    [
      { Transform: 'Other', Resources: {} },
      `No transform named Other found. The local engine has ${Transform}.`,
    ],
    [
      { Transform, Globals: [], Resources: {} },
      problem("'Globals' section is invalid. It must be an object."),
    ],
    [
      { Transform, Globals: { Other: {} }, Resources: {} },
      problem(
        "'Globals' section is invalid. 'Other' is not supported. Must be one of the following values - [Api, CapacityProvider, Function, HttpApi, LayerVersion, SimpleTable, StateMachine]",
      ),
    ],
    [of([]), ofF("Attribute 'Properties' should be a map.")],
    [
      of({}, 'AWS::Serverless::Other'),
      ofF(
        'The local engine does not support AWS::Serverless::Other; it has AWS::Serverless::Function, AWS::Serverless::SimpleTable, AWS::Serverless::HttpApi.',
      ),
    ],
    [of({}), ofF("Missing required property 'CodeUri'. Give the code as InlineCode.")],
    [
      of({ CodeUri: './src' }),
      ofF(
        "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter. The local engine has no S3: give the code as InlineCode, or a folder of this machine as CodeUri: { Bucket: hot-reload, Key: /path }.",
      ),
    ],
    [
      of({ ...code, Other: 1 }),
      ofF('property Other not defined for resource of type AWS::Serverless::Function'),
    ],
    ...[
      ...['AutoPublishAliasAllProperties', 'CapacityProviderConfig', 'DeploymentPreference'],
      ...['DurableConfig', 'FunctionScalingConfig', 'FunctionUrlConfig'],
      ...['ProvisionedConcurrencyConfig', 'TenancyConfig'],
    ].map((name): [object, string] => [of({ ...code, [name]: {} }), unsupported(name)]),
    ...['Auth', 'DefinitionUri', 'Domain'].map((name): [object, string] => [
      httpApi({ [name]: {} }),
      unsupported(name),
    ]),
    [of({ ...code, Tags: [] }), ofF("Property 'Tags' should be a map.")],
    [of({ ...code, DeadLetterQueue: 'q' }), ofF("Property 'DeadLetterQueue' should be a map.")],
    [
      of({ ...code, Policies: [{ OtherPolicy: {} }] }),
      ofF(
        'The local engine does not support the policy template OtherPolicy; it has CloudWatchPutMetricPolicy, DynamoDBReconfigurePolicy, EventBridgePutEventsPolicy, FilterLogEventsPolicy, KMSDecryptPolicy, KMSEncryptPolicy, StepFunctionsExecutionPolicy, DynamoDBCrudPolicy, DynamoDBReadPolicy, DynamoDBWritePolicy, LambdaInvokePolicy, SNSCrudPolicy, SNSPublishMessagePolicy, SQSPollerPolicy, SQSSendMessagePolicy.',
      ),
    ],
    [
      of({ ...code, Policies: [{ SQSPollerPolicy: {} }] }),
      ofF("Must specify valid parameter values for policy template 'SQSPollerPolicy': QueueName."),
    ],
    [
      of({ ...code, AutoPublishAlias: { Ref: 'A' } }),
      ofF("'AutoPublishAlias' must be a string: no function is evaluated in it."),
    ],
    [
      invoked({ Type: 'Kinesis', Destination: 'd' }),
      ofF("'Type: Kinesis' must be one of [EventBridge, Lambda, SNS, SQS]."),
    ],
    [
      invoked({ Type: 'SQS' }),
      ofF("'Destination' of OnFailure is missing: the local engine makes none."),
    ],
    [
      event('Schedule'),
      refused(
        'The local engine does not support events of type Schedule; it has SQS, SNS and HttpApi.',
      ),
    ],
    [event('SQS', []), ofF("Property 'E' should be a map.")],
    [event('SQS', { Other: 1 }), refused('property Other not defined for resource')],
    [event('SQS'), refused("Missing required property 'Queue'.")],
    [event('SNS', { Queue: 1 }), refused('property Queue not defined for resource')],
    [event('SNS'), refused("Missing required property 'Topic'.")],
    [api({ Other: 1 }), refused('property Other not defined for resource')],
    [api({ Auth: {} }), refused('The local engine does not support Auth of HTTP APIs.')],
    [api({ Path: '/' }), refused("Event is missing key 'Method'.")],
    [api({ Method: 'get' }), refused("Event is missing key 'Path'.")],
    [
      api({ Path: '/', Method: 'trace' }),
      refused(
        "Api Event must have a 'Method' among any, delete, get, head, options, patch, post, put, not trace.",
      ),
    ],
    [api({ Path: 'orders', Method: 'get' }), refused('The path orders begins with no /.')],
    [
      api({ ApiId: { 'Fn::GetAtt': ['A', 'B'] } }),
      refused("'ApiId' must name an API of the template."),
    ],
    [
      httpApi({ Other: 1 }),
      ofF('property Other not defined for resource of type AWS::Serverless::HttpApi'),
    ],
    [httpApi({ CorsConfiguration: 'all' }), ofF("Property 'CorsConfiguration' should be a map.")],
    [
      of({ PrimaryKey: { Type: 'Map' } }, 'AWS::Serverless::SimpleTable'),
      ofF("Invalid 'PrimaryKey' type Map."),
    ],
  ])('%j is refused', (template, message) => {
    expect(() => transform(template as DataMap)).toThrow(
      expect.objectContaining({ code: 'ValidationError', message }),
    );
  });

  it('tells all problems at once', () => {
    const F = { Type: 'AWS::Serverless::Function' };
    const twice = { E: { Type: 'HttpApi' } };
    const G = { ...F, Properties: { ...code, Events: twice } };
    expect(() => transform({ Transform, Resources: { F, G, H: G } } as DataMap)).toThrow(
      /Number of errors found: 2\. Resource with id \[F\] .* Resource with id \[ServerlessHttpApi\] is invalid\. Event with id \[E\] is invalid\. API method 'any' defined multiple times for path '\$default'\./,
    );
  });
});
