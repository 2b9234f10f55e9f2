import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { ServiceError } from '../../../errors.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { retagLambda, TAGS, tagsOf } from './tags.ts';
import { unless } from './values.ts';

/** Settings that the actions take under the same name. */
const SETTINGS = [
  'BatchSize',
  'DestinationConfig',
  'Enabled',
  'FilterCriteria',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'MetricsConfig',
  'ProvisionedPollerConfig',
  'ScalingConfig',
];
/** What a setting goes back to that the template no longer has. */
const DEFAULTS: Properties = {
  BatchSize: 10,
  Enabled: true,
  FilterCriteria: { Filters: [] },
  FunctionResponseTypes: [],
  MaximumBatchingWindowInSeconds: 0,
  ScalingConfig: {},
};
/** Properties of event sources other than queues. */
const OF_OTHER_SOURCES = [
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
];

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export const lambdaMapping: ResourceType = {
  table: {
    properties: {
      ...Object.fromEntries(OF_OTHER_SOURCES.map((name) => [name, 'json' as const])),
      BatchSize: 'integer',
      DestinationConfig: { OnFailure: { Destination: 'string' } },
      Enabled: 'boolean',
      EventSourceArn: 'string',
      FilterCriteria: { Filters: [{ Pattern: 'string' }] },
      FunctionName: 'string',
      FunctionResponseTypes: ['string'],
      KmsKeyArn: 'string',
      MaximumBatchingWindowInSeconds: 'integer',
      MetricsConfig: { Metrics: ['string'] },
      ProvisionedPollerConfig: {
        MaximumPollers: 'integer',
        MinimumPollers: 'integer',
        PollerGroupName: 'string',
      },
      ScalingConfig: { MaximumConcurrency: 'integer' },
      StartingPosition: 'string',
      Tags: TAGS,
    },
    required: ['FunctionName'],
    replacing: [
      'EventSourceArn',
      'StartingPosition',
      'StartingPositionTimestamp',
      'SelfManagedEventSource',
    ],
  },
  attributes: ['EventSourceMappingArn', 'Id'],
  async create(properties, context) {
    refuseOtherSources(properties);
    const { EventSourceArn, StartingPosition } = properties;
    const { UUID: id = '' } = await context.call<EventSourceMappingConfiguration>(
      'lambda',
      'CreateEventSourceMapping',
      {
        EventSourceArn,
        ...(StartingPosition === undefined ? {} : { StartingPosition }),
        ...settingsOf(properties, {}),
        Tags: tagsOf(properties, context.tags),
      },
    );
    const attributes = { Id: id, EventSourceMappingArn: arnOf(id, context) };
    return { physicalId: id, attributes };
  },
  async update(properties, current, context) {
    refuseOtherSources(properties);
    const { physicalId: UUID, properties: before } = current;
    const input = { UUID, ...settingsOf(properties, before) };
    await context.call('lambda', 'UpdateEventSourceMapping', input);
    await retagLambda(properties, before, arnOf(UUID, context), context);
    return current;
  },
  async remove({ physicalId }, context) {
    const deleting = context.call('lambda', 'DeleteEventSourceMapping', { UUID: physicalId });
    await unless(deleting, 'ResourceNotFoundException');
  },
};

function arnOf(id: string, { region, account }: ResourceContext): string {
  return `arn:aws:lambda:${region}:${account}:event-source-mapping:${id}`;
}

function settingsOf(properties: Properties, before: Properties): Properties {
  const names = SETTINGS.filter((name) => name in properties || name in before);
  const pairs = names.map((name) => [name, properties[name] ?? DEFAULTS[name]]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** @throws ServiceError `UnsupportedOperation` */
function refuseOtherSources(properties: Properties): void {
  const found = OF_OTHER_SOURCES.find((name) => properties[name] !== undefined);
  if (found === undefined) return;
  throw new ServiceError(
    'UnsupportedOperation',
    `The local engine feeds functions from SQS queues only: it does not support the property ${found} of event source mappings.`,
  );
}
