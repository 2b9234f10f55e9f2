import { invalid } from '../errors.ts';
import { PARAMETER_TYPE } from '../parameter-store.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceType } from './resource-type.ts';
import { TAG_MAP } from './tags.ts';
import { alreadyExists, text } from './values.ts';

const MAX_NAME = 1_011;

/**
 * Kept for the parameters of templates: nothing answers for Systems Manager.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
 */
export const ssmParameter: ResourceType = {
  table: {
    properties: {
      AllowedPattern: 'string',
      DataType: 'string',
      Description: 'string',
      Name: 'string',
      Policies: 'string',
      Tags: TAG_MAP,
      Tier: 'string',
      Type: 'string',
      Value: 'string',
    },
    required: ['Type', 'Value'],
    replacing: ['Name'],
    name: 'Name',
  },
  attributes: ['Type', 'Value'],
  async create(properties, context) {
    const name = text(properties, 'Name') ?? context.generatedName(MAX_NAME);
    if (context.isTaken(PARAMETER_TYPE, name)) throw alreadyExists(PARAMETER_TYPE, name);
    return { physicalId: name, attributes: attributesOf(properties) };
  },
  async update(properties, { physicalId }) {
    return { physicalId, attributes: attributesOf(properties) };
  },
  remove: async () => undefined,
};

/** "AWS CloudFormation doesn't support creating a SecureString parameter type." */
function attributesOf(properties: Properties): Record<string, string> {
  const Type = text(properties, 'Type') ?? '';
  if (Type !== 'String' && Type !== 'StringList') {
    throw invalid(`Type of a parameter is String or StringList, and not ${Type}.`);
  }
  return { Type, Value: text(properties, 'Value') ?? '' };
}
