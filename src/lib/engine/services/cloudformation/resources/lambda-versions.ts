import { ServiceError } from '../../../errors.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceType } from './resource-type.ts';
import { objects, refuseUnsupported, text, unless } from './values.ts';

const PROVISIONED = { ProvisionedConcurrentExecutions: 'integer' } as const;

interface VersionAnswer {
  readonly Version: string;
  readonly FunctionArn: string;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html */
export const lambdaVersion: ResourceType = {
  table: {
    properties: {
      CodeSha256: 'string',
      Description: 'string',
      FunctionName: 'string',
      FunctionScalingConfig: 'json',
      ProvisionedConcurrencyConfig: PROVISIONED,
      RuntimePolicy: 'json',
    },
    required: ['FunctionName'],
    replacing: [
      'CodeSha256',
      'Description',
      'FunctionName',
      'ProvisionedConcurrencyConfig',
      'RuntimePolicy',
    ],
  },
  attributes: ['FunctionArn', 'Version'],
  async create(properties, context) {
    refuseUnsupported(
      properties,
      ['FunctionScalingConfig', 'ProvisionedConcurrencyConfig', 'RuntimePolicy'],
      'versions',
    );
    const { FunctionName, Description, CodeSha256 } = properties;
    const before = await context.call<{ readonly Versions: readonly VersionAnswer[] }>(
      'lambda',
      'ListVersionsByFunction',
      { FunctionName },
    );
    const input = { FunctionName, Description, CodeSha256 };
    const published = await context.call<VersionAnswer>('lambda', 'PublishVersion', input);
    const { Version, FunctionArn } = published;
    if (!context.resumed && before.Versions.some((each) => each.Version === Version)) {
      throw new ServiceError(
        'AlreadyExists',
        `A version for this Lambda function exists ( ${Version} ). Modify the function to create a new version.`,
      );
    }
    return { physicalId: FunctionArn, attributes: { FunctionArn, Version } };
  },
  update: async (_properties, current) => current,
  async remove({ properties: { FunctionName }, attributes: { Version } }, context) {
    const input = { FunctionName, Qualifier: Version };
    await unless(context.call('lambda', 'DeleteFunction', input), 'ResourceNotFoundException');
  },
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html */
export const lambdaAlias: ResourceType = {
  table: {
    properties: {
      Description: 'string',
      FunctionName: 'string',
      FunctionVersion: 'string',
      Name: 'string',
      ProvisionedConcurrencyConfig: PROVISIONED,
      RoutingConfig: {
        AdditionalVersionWeights: [{ FunctionVersion: 'string', FunctionWeight: 'number' }],
      },
    },
    required: ['FunctionName', 'FunctionVersion', 'Name'],
    replacing: ['FunctionName', 'Name'],
    name: 'Name',
  },
  attributes: ['AliasArn'],
  async create(properties, context) {
    const creating = context.call<AliasAnswer>('lambda', 'CreateAlias', aliasInput(properties));
    const { FunctionName, Name } = properties;
    const { AliasArn } =
      (await (context.resumed ? unless(creating, 'ResourceConflictException') : creating)) ??
      (await context.call<AliasAnswer>('lambda', 'GetAlias', { FunctionName, Name }));
    return { physicalId: AliasArn, attributes: { AliasArn } };
  },
  async update(properties, current, context) {
    await context.call('lambda', 'UpdateAlias', aliasInput(properties));
    return current;
  },
  async remove({ properties: { FunctionName, Name } }, context) {
    const deleting = context.call('lambda', 'DeleteAlias', { FunctionName, Name });
    await unless(deleting, 'ResourceNotFoundException');
  },
};

interface AliasAnswer {
  readonly AliasArn: string;
}

function aliasInput(properties: Properties): Properties {
  refuseUnsupported(properties, ['ProvisionedConcurrencyConfig'], 'aliases');
  const { FunctionName = '', FunctionVersion = '', Name = '' } = properties;
  const { Description = '', RoutingConfig = {} } = properties;
  const weights = objects(RoutingConfig as Properties, 'AdditionalVersionWeights');
  const pairs = weights.map((each) => [text(each, 'FunctionVersion'), each.FunctionWeight]);
  return {
    FunctionName,
    FunctionVersion,
    Name,
    Description,
    RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(pairs) },
  };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html */
export const lambdaEventInvokeConfig: ResourceType = {
  table: {
    properties: {
      DestinationConfig: {
        OnFailure: { Destination: 'string' },
        OnSuccess: { Destination: 'string' },
      },
      FunctionName: 'string',
      MaximumEventAgeInSeconds: 'integer',
      MaximumRetryAttempts: 'integer',
      Qualifier: 'string',
    },
    required: ['FunctionName', 'Qualifier'],
    replacing: ['FunctionName', 'Qualifier'],
  },
  attributes: [],
  async create(properties, context) {
    await context.call('lambda', 'PutFunctionEventInvokeConfig', properties);
    const { FunctionName, Qualifier } = properties;
    return { physicalId: `${String(FunctionName)}|${String(Qualifier)}`, attributes: {} };
  },
  async update(properties, current, context) {
    await context.call('lambda', 'PutFunctionEventInvokeConfig', properties);
    return current;
  },
  async remove({ properties: { FunctionName, Qualifier } }, context) {
    const input = { FunctionName, Qualifier };
    const deleting = context.call('lambda', 'DeleteFunctionEventInvokeConfig', input);
    await unless(deleting, 'ResourceNotFoundException');
  },
};
