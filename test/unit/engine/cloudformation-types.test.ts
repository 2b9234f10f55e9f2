import { describe, expect, it } from 'vitest';
import { RESOURCE_TYPES } from '../../../src/lib/engine/services/cloudformation/resources/index.ts';
import { specNames, typeFaults } from '../../fixtures/resource-spec.ts';

describe('the resource types of the engine', () => {
  /** What the specification has and the engine doesn't know: templates that say it are refused. */
  const newer: Readonly<Record<string, readonly string[]>> = {
    'AWS::ApiGatewayV2::Stage': ['AccessPolicyId'],
    'AWS::CloudWatch::Alarm': ['EvaluationWindow', 'WarmUpConfiguration'],
    'AWS::DynamoDB::Table': ['VectorIndexes'],
    'AWS::SNS::Topic': ['MaximumMessageSize'],
  };
  /** What the reference says of replacement, and the specification doesn't. */
  const replacing: Readonly<Record<string, readonly string[]>> = {
    'AWS::DynamoDB::Table': ['LocalSecondaryIndexes'],
    'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
    'AWS::Lambda::Function': ['DurableConfig'],
    'AWS::Logs::LogGroup': ['LogGroupClass'],
    'AWS::SNS::Subscription': ['Region'],
  };
  /** The engine has neither. */
  const kafka = ['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig'];
  // The specification hasn't the CDK's own.
  const specified = Object.entries(RESOURCE_TYPES).filter(
    ([name]) => name !== 'AWS::CDK::Metadata',
  );
  it.each(specified)(
    '%s has the properties of the specification',
    (name, { table, attributes }) => {
      const spec = specNames(name);
      const known = [...Object.keys(table.properties), ...(newer[name] ?? [])];
      expect(known.sort()).toEqual(spec?.properties.sort());
      expect([...table.required].sort()).toEqual(spec?.required.sort());
      expect(spec?.attributes).toEqual(expect.arrayContaining([...attributes]));
      const asSpecified = spec?.replacing.filter((each) => !kafka.includes(each)) ?? [];
      expect([...table.replacing].sort()).toEqual(
        [...asSpecified, ...(replacing[name] ?? [])].sort(),
      );
      expect(typeFaults(name, table.properties)).toEqual([]);
    },
  );
});
