import type { CreateTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Properties } from './check-properties.ts';
import { attributeChanges, retagElb } from './elb-values.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';
import { TAGS, tagList, tagsOf } from './tags.ts';
import { differs, refuseUnsupported, text, unless } from './values.ts';

const MAX_NAME = 32;
const UNSUPPORTED = ['TargetControlPort', 'Targets'];
const ATTRIBUTES = 'TargetGroupAttributes';
/** What can be changed, and what it goes back to that the template no longer has. */
const CHECKS: Readonly<Record<string, string | number | boolean | object>> = {
  HealthCheckEnabled: true,
  HealthCheckIntervalSeconds: 30,
  HealthCheckPath: '/',
  HealthCheckPort: 'traffic-port',
  HealthCheckProtocol: 'HTTP',
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  Matcher: { HttpCode: '200' },
  UnhealthyThresholdCount: 2,
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html */
export const elbTargetGroup: ResourceType = {
  table: {
    properties: {
      HealthCheckEnabled: 'boolean',
      HealthCheckIntervalSeconds: 'integer',
      HealthCheckPath: 'string',
      HealthCheckPort: 'string',
      HealthCheckProtocol: 'string',
      HealthCheckTimeoutSeconds: 'integer',
      HealthyThresholdCount: 'integer',
      IpAddressType: 'string',
      Matcher: { GrpcCode: 'string', HttpCode: 'string' },
      Name: 'string',
      Port: 'integer',
      Protocol: 'string',
      ProtocolVersion: 'string',
      Tags: TAGS,
      TargetControlPort: 'integer',
      TargetGroupAttributes: [{ Key: 'string', Value: 'string' }],
      TargetType: 'string',
      Targets: 'json',
      UnhealthyThresholdCount: 'integer',
      VpcId: 'string',
    },
    required: [],
    replacing: [
      'IpAddressType',
      'Name',
      'Port',
      'Protocol',
      'ProtocolVersion',
      'TargetType',
      'VpcId',
    ],
    name: 'Name',
  },
  attributes: ['TargetGroupArn', 'TargetGroupFullName', 'TargetGroupName'],
  async create(properties, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'target groups');
    const { TargetGroupAttributes: _, Tags: __, ...given } = properties;
    const Name = text(properties, 'Name') ?? context.generatedName(MAX_NAME);
    const creating = context.call<CreateTargetGroupOutput>(
      'elasticloadbalancing',
      'CreateTargetGroup',
      { ...given, Name, Tags: tagList(tagsOf(properties, context.tags)) },
    );
    const created = await (context.resumed
      ? unless(creating, 'DuplicateTargetGroupName')
      : creating);
    const { TargetGroups = [] } =
      created ??
      (await context.call<CreateTargetGroupOutput>('elasticloadbalancing', 'DescribeTargetGroups', {
        Names: [Name],
      }));
    const arn = TargetGroups[0]?.TargetGroupArn ?? '';
    const made: Made = {
      physicalId: arn,
      attributes: {
        TargetGroupArn: arn,
        TargetGroupFullName: arn.split(':').pop() ?? '',
        TargetGroupName: Name,
      },
    };
    context.made(made);
    await setAttributes(arn, properties, {}, context);
    return made;
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'target groups');
    const { physicalId: TargetGroupArn, properties: before } = current;
    const changed = Object.keys(CHECKS).filter((name) => differs(properties, before, [name]));
    if (changed.length > 0) {
      const checks = changed.map((name) => [name, properties[name] ?? CHECKS[name]]);
      const input = { TargetGroupArn, ...Object.fromEntries(checks) };
      await context.call('elasticloadbalancing', 'ModifyTargetGroup', input);
    }
    await setAttributes(TargetGroupArn, properties, before, context);
    await retagElb(properties, before, TargetGroupArn, context);
    return current;
  },
  async remove({ physicalId: TargetGroupArn }, context) {
    await context.call('elasticloadbalancing', 'DeleteTargetGroup', { TargetGroupArn });
  },
};

async function setAttributes(
  TargetGroupArn: string,
  properties: Properties,
  before: Properties,
  context: ResourceContext,
): Promise<void> {
  const Attributes = attributeChanges(properties, before, ATTRIBUTES);
  if (Attributes.length === 0) return;
  const input = { TargetGroupArn, Attributes };
  await context.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', input);
}
