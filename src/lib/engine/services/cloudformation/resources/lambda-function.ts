import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { makeZip } from '../../../../rules/zip.ts';
import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';
import { retagLambda, TAGS, tagsOf } from './tags.ts';
import { differs, refuseUnsupported, text, unless } from './values.ts';

const MAX_NAME = 64;
/** "up to 4 MB" (`AWS::Lambda::Function Code`), in bytes. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024;
/** Settings that the actions take under the same name. */
const SETTINGS = [
  'Architectures',
  'CodeSigningConfigArn',
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FileSystemConfigs',
  'Handler',
  'ImageConfig',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'Role',
  'Runtime',
  'SnapStart',
  'Timeout',
  'TracingConfig',
  'VpcConfig',
];
/** What a setting goes back to that the template no longer has. */
const DEFAULTS: Properties = {
  DeadLetterConfig: { TargetArn: '' },
  Description: '',
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  LoggingConfig: { LogGroup: '' },
  MemorySize: 128,
  Timeout: 3,
  TracingConfig: { Mode: 'PassThrough' },
};
/** Properties of Lambda that the engine's functions don't have. */
const UNSUPPORTED = [
  'CapacityProviderConfig',
  'DurableConfig',
  'FunctionScalingConfig',
  'PublishToLatestPublished',
  'RuntimeManagementConfig',
  'TenancyConfig',
];
const MISSING = 'ResourceNotFoundException';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceType = {
  table: {
    properties: {
      Architectures: ['string'],
      CapacityProviderConfig: 'json',
      Code: {
        ImageUri: 'string',
        S3Bucket: 'string',
        S3Key: 'string',
        S3ObjectStorageMode: 'string',
        S3ObjectVersion: 'string',
        SourceKMSKeyArn: 'string',
        ZipFile: 'string',
      },
      CodeSigningConfigArn: 'string',
      DeadLetterConfig: { TargetArn: 'string' },
      Description: 'string',
      DurableConfig: 'json',
      Environment: { Variables: { '*': 'string' } },
      EphemeralStorage: { Size: 'integer' },
      FileSystemConfigs: [{ Arn: 'string', LocalMountPath: 'string' }],
      FunctionName: 'string',
      FunctionScalingConfig: 'json',
      Handler: 'string',
      ImageConfig: { Command: ['string'], EntryPoint: ['string'], WorkingDirectory: 'string' },
      KmsKeyArn: 'string',
      Layers: ['string'],
      LoggingConfig: {
        ApplicationLogLevel: 'string',
        LogFormat: 'string',
        LogGroup: 'string',
        SystemLogLevel: 'string',
      },
      MemorySize: 'integer',
      PackageType: 'string',
      PublishToLatestPublished: 'boolean',
      RecursiveLoop: 'string',
      ReservedConcurrentExecutions: 'integer',
      Role: 'string',
      Runtime: 'string',
      RuntimeManagementConfig: 'json',
      SnapStart: { ApplyOn: 'string' },
      Tags: TAGS,
      TenancyConfig: 'json',
      Timeout: 'integer',
      TracingConfig: { Mode: 'string' },
      VpcConfig: {
        Ipv6AllowedForDualStack: 'boolean',
        SecurityGroupIds: ['string'],
        SubnetIds: ['string'],
      },
    },
    required: ['Code', 'Role'],
    replacing: ['FunctionName', 'PackageType', 'TenancyConfig', 'DurableConfig'],
    name: 'FunctionName',
  },
  attributes: ['Arn'],
  async create(properties, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'functions');
    const FunctionName = text(properties, 'FunctionName') ?? context.generatedName(MAX_NAME);
    const creating = context.call<FunctionConfiguration>('lambda', 'CreateFunction', {
      FunctionName,
      Code: codeOf(properties),
      Tags: tagsOf(properties, context.tags),
      ...settingsOf(properties, {}),
    });
    const { FunctionArn: Arn = arnOf(FunctionName, context) } =
      (await (context.resumed ? unless(creating, 'ResourceConflictException') : creating)) ?? {};
    const made: Made = { physicalId: FunctionName, attributes: { Arn } };
    context.made(made);
    await reserve(properties, {}, FunctionName, context);
    return made;
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'functions');
    const { physicalId: FunctionName, properties: before } = current;
    if (differs(properties, before, SETTINGS)) {
      const input = { FunctionName, ...settingsOf(properties, before) };
      await context.call('lambda', 'UpdateFunctionConfiguration', input);
    }
    if (differs(properties, before, ['Code', 'Runtime', 'Handler', 'Architectures'])) {
      const { Architectures } = properties;
      await context.call('lambda', 'UpdateFunctionCode', {
        FunctionName,
        ...codeOf(properties),
        ...(Architectures === undefined ? {} : { Architectures }),
      });
    }
    await reserve(properties, before, FunctionName, context);
    await retagLambda(properties, before, current.attributes.Arn ?? '', context);
    return current;
  },
  async remove({ physicalId }, context) {
    await unless(context.call('lambda', 'DeleteFunction', { FunctionName: physicalId }), MISSING);
  },
};

function arnOf(name: string, { region, account }: ResourceContext): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}

/** Inline code becomes a zip with a file `index`, as CloudFormation makes it. */
function codeOf(properties: Properties): object {
  const code = properties.Code as Readonly<Record<string, string>>;
  const { ZipFile, S3ObjectStorageMode, SourceKMSKeyArn, ...rest } = code;
  if (ZipFile === undefined) return rest;
  if (Buffer.byteLength(ZipFile) > MAX_INLINE_BYTES) {
    throw invalid('ZipFile: the source code is larger than 4 MB.');
  }
  const runtime = text(properties, 'Runtime') ?? '';
  const [, language = ''] = /^(nodejs|python)/.exec(runtime) ?? [];
  if (language === '') {
    throw invalid(`ZipFile can only be used with the runtimes nodejs and python, not ${runtime}.`);
  }
  const name = language === 'python' ? 'index.py' : 'index.js';
  const file = { name, content: Buffer.from(ZipFile), isExecutable: false };
  return { ...rest, ZipFile: makeZip([file], false) };
}

/** Settings that are there, and the defaults of those that aren't there any more. */
function settingsOf(properties: Properties, before: Properties): Properties {
  const gone = SETTINGS.filter((name) => name in before && !(name in properties));
  return Object.fromEntries([
    ...gone.flatMap((name) => (DEFAULTS[name] === undefined ? [] : [[name, DEFAULTS[name]]])),
    ...SETTINGS.filter((name) => name in properties).map((name) => [name, properties[name]]),
  ]);
}

async function reserve(
  properties: Properties,
  before: Properties,
  FunctionName: string,
  context: ResourceContext,
) {
  if (!differs(properties, before, ['ReservedConcurrentExecutions'])) return;
  const { ReservedConcurrentExecutions } = properties;
  if (ReservedConcurrentExecutions === undefined) {
    await context.call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  } else {
    const input = { FunctionName, ReservedConcurrentExecutions };
    await context.call('lambda', 'PutFunctionConcurrency', input);
  }
}
