import { type DataMap, dataText } from '../template/data.ts';
import { inPlace, mapOf, pick, propertiesOf, tagList } from './properties.ts';
import { SamError } from './sam-error.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'PointInTimeRecoverySpecification',
  'PrimaryKey',
  'ProvisionedThroughput',
  'SSESpecification',
  'TableName',
  'Tags',
]);
const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html */
export function simpleTable(logicalId: string, resource: DataMap): DataMap {
  const properties = propertiesOf(resource, KNOWN);
  const { Name: AttributeName = 'id', Type: type = 'String' } = mapOf(
    properties.PrimaryKey,
    'PrimaryKey',
  );
  const AttributeType = ATTRIBUTE_TYPES[dataText(type)];
  if (AttributeType === undefined)
    throw new SamError(`Invalid 'PrimaryKey' type ${dataText(type)}.`);
  const { ProvisionedThroughput, Tags } = properties;
  return {
    [logicalId]: inPlace(resource, 'AWS::DynamoDB::Table', {
      AttributeDefinitions: [{ AttributeName, AttributeType }],
      KeySchema: [{ AttributeName, KeyType: 'HASH' }],
      ...(ProvisionedThroughput === undefined
        ? { BillingMode: 'PAY_PER_REQUEST' }
        : { ProvisionedThroughput }),
      ...pick(properties, ['PointInTimeRecoverySpecification', 'SSESpecification', 'TableName']),
      ...(Tags === undefined ? {} : { Tags: tagList(Tags) }),
    }),
  };
}
