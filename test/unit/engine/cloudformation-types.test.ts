import { describe, expect, it } from 'vitest';
import { RESOURCE_TYPES } from '../../../src/lib/engine/services/cloudformation/resources/index.ts';
import type { ResourceContext } from '../../../src/lib/engine/services/cloudformation/resources/resource-type.ts';
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

/** What the engine doesn't do, by type: it says so rather than make something else. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['BasePath', 'BodyS3Location'],
  'AWS::DynamoDB::Table': [
    'ImportSourceSpecification',
    'KinesisStreamSpecification',
    'ResourcePolicy',
    'StreamSpecification',
  ],
  'AWS::ECS::Cluster': ['ServiceConnectDefaults'],
  'AWS::ElasticLoadBalancingV2::Listener': [
    'AlpnPolicy',
    'ListenerAttributes',
    'MutualAuthentication',
    'SslPolicy',
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Ipv4IpamPoolId', 'MinimumLoadBalancerCapacity'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['TargetControlPort', 'Targets'],
  'AWS::Lambda::Alias': ['ProvisionedConcurrencyConfig'],
  'AWS::Lambda::EventSourceMapping': [
    'AmazonManagedKafkaEventSourceConfig',
    'BisectBatchOnFunctionError',
    'DocumentDBEventSourceConfig',
    'LoggingConfig',
    'MaximumRecordAgeInSeconds',
    'MaximumRetryAttempts',
    'ParallelizationFactor',
    'Queues',
    'SelfManagedEventSource',
    'SelfManagedKafkaEventSourceConfig',
    'SourceAccessConfigurations',
    'StartingPositionTimestamp',
    'Topics',
    'TumblingWindowInSeconds',
  ],
  'AWS::Lambda::Function': [
    'CapacityProviderConfig',
    'DurableConfig',
    'FunctionScalingConfig',
    'PublishToLatestPublished',
    'RuntimeManagementConfig',
    'TenancyConfig',
  ],
  'AWS::Logs::LogGroup': [
    'BearerTokenAuthenticationEnabled',
    'DataProtectionPolicy',
    'DeletionProtectionEnabled',
    'FieldIndexPolicies',
    'ResourcePolicyDocument',
  ],
};
const refused = Object.entries(REFUSED).flatMap(([type, names]) =>
  names.map((name) => ({ type, name })),
);

it.each(refused)('$type is refused with $name, made or changed', async ({ type, name }) => {
  const { create, update } = RESOURCE_TYPES[type] ?? {};
  const properties = { [name]: 'any' };
  const current = { physicalId: 'id', attributes: {}, properties: {} };
  // It is refused before anything is looked at.
  const context = {} as ResourceContext;
  for (const change of [
    () => create?.(properties, context),
    () => update?.(properties, current, context),
  ]) {
    await expect(change()).rejects.toThrow(`does not support the property ${name} of `);
  }
});

it('AWS::Lambda::Version is refused with what the engine has not', async () => {
  for (const name of ['FunctionScalingConfig', 'ProvisionedConcurrencyConfig', 'RuntimePolicy']) {
    const making = RESOURCE_TYPES['AWS::Lambda::Version']?.create(
      { [name]: 'any' },
      {} as ResourceContext,
    );
    await expect(making).rejects.toThrow(`does not support the property ${name} of versions.`);
  }
});
