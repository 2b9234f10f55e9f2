import { ServiceError } from '../../../errors.ts';
import type { ResourceType } from './resource-type.ts';
import { unless } from './values.ts';

const MAX_NAME = 100;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
export const lambdaPermission: ResourceType = {
  table: {
    properties: {
      Action: 'string',
      EventSourceToken: 'string',
      FunctionName: 'string',
      FunctionUrlAuthType: 'string',
      InvokedViaFunctionUrl: 'boolean',
      Principal: 'string',
      PrincipalOrgID: 'string',
      SourceAccount: 'string',
      SourceArn: 'string',
    },
    required: ['Action', 'FunctionName', 'Principal'],
    replacing: [
      'Action',
      'EventSourceToken',
      'FunctionName',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
      'Principal',
      'PrincipalOrgID',
      'SourceAccount',
      'SourceArn',
    ],
  },
  attributes: ['Id'],
  async create(properties, context) {
    const { FunctionUrlAuthType, InvokedViaFunctionUrl, ...input } = properties;
    if (FunctionUrlAuthType !== undefined || InvokedViaFunctionUrl !== undefined) {
      const message = 'The local engine does not support function URLs.';
      throw new ServiceError('UnsupportedOperation', message);
    }
    const StatementId = context.generatedName(MAX_NAME);
    const adding = context.call('lambda', 'AddPermission', { StatementId, ...input });
    await (context.resumed ? unless(adding, 'ResourceConflictException') : adding);
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  // Every property replaces it.
  update: async (_properties, current) => current,
  async remove({ physicalId, properties }, context) {
    const { FunctionName } = properties;
    const input = { FunctionName, StatementId: physicalId };
    await unless(context.call('lambda', 'RemovePermission', input), 'ResourceNotFoundException');
  },
};
