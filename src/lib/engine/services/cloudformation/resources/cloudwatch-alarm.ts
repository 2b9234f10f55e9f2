import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import type { Properties } from './check-properties.ts';
import type { PropertyType } from './property-table.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { retag, TAGS, tagList, tagsOf } from './tags.ts';
import { alreadyExists, text, unless } from './values.ts';

const TYPE = 'AWS::CloudWatch::Alarm';
const MAX_NAME = 255;
const dimensions = [{ Name: 'string', Value: 'string' }] as const;
/** What `PutMetricAlarm` takes under the same name. */
const settings: Readonly<Record<string, PropertyType>> = {
  ActionsEnabled: 'boolean',
  AlarmActions: ['string'],
  AlarmDescription: 'string',
  ComparisonOperator: 'string',
  DatapointsToAlarm: 'integer',
  Dimensions: dimensions,
  EvaluateLowSampleCountPercentile: 'string',
  EvaluationCriteria: 'json',
  EvaluationInterval: 'integer',
  EvaluationPeriods: 'integer',
  ExtendedStatistic: 'string',
  InsufficientDataActions: ['string'],
  MetricName: 'string',
  Metrics: [
    {
      AccountId: 'string',
      Expression: 'string',
      Id: 'string',
      Label: 'string',
      MetricStat: {
        Metric: { Dimensions: dimensions, MetricName: 'string', Namespace: 'string' },
        Period: 'integer',
        Stat: 'string',
        Unit: 'string',
      },
      Period: 'integer',
      ReturnData: 'boolean',
    },
  ],
  Namespace: 'string',
  OKActions: ['string'],
  Period: 'integer',
  Statistic: 'string',
  Threshold: 'number',
  ThresholdMetricId: 'string',
  TreatMissingData: 'string',
  Unit: 'string',
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
export const cloudwatchAlarm: ResourceType = {
  table: {
    properties: { ...settings, AlarmName: 'string', Tags: TAGS },
    required: [],
    replacing: ['AlarmName'],
    name: 'AlarmName',
  },
  attributes: ['Arn'],
  async create(properties, context) {
    const name = text(properties, 'AlarmName') ?? context.generatedName(MAX_NAME);
    const { MetricAlarms = [] } = await context.call<DescribeAlarmsOutput>(
      'cloudwatch',
      'DescribeAlarms',
      { AlarmNames: [name] },
    );
    // `PutMetricAlarm` would change it.
    if (MetricAlarms.length > 0 && !context.resumed) throw alreadyExists(TYPE, name);
    await put(name, properties, context, { Tags: tagList(tagsOf(properties, context.tags)) });
    const Arn = `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:${name}`;
    return { physicalId: name, attributes: { Arn } };
  },
  async update(properties, current, context) {
    const { physicalId, properties: before, attributes } = current;
    await put(physicalId, properties, context);
    const { Arn: ResourceARN = '' } = attributes;
    await retag(properties, before, context, {
      untag: (TagKeys) => context.call('cloudwatch', 'UntagResource', { ResourceARN, TagKeys }),
      tag: (tags) =>
        context.call('cloudwatch', 'TagResource', { ResourceARN, Tags: tagList(tags) }),
    });
    return current;
  },
  async remove({ physicalId }, context) {
    const deleting = context.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [physicalId] });
    await unless(deleting, 'ResourceNotFound');
  },
};

/** Gives an alarm all of its settings anew. */
async function put(
  AlarmName: string,
  properties: Properties,
  context: ResourceContext,
  more: object = {},
): Promise<void> {
  const names = Object.keys(settings).filter((name) => properties[name] !== undefined);
  const given = Object.fromEntries(names.map((name) => [name, properties[name]]));
  await context.call('cloudwatch', 'PutMetricAlarm', { AlarmName, ...given, ...more });
}
