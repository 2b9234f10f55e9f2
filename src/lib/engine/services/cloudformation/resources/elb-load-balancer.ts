import type { CreateLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { attributeChanges, retagElb } from './elb-values.ts';
import type { Made, ResourceType } from './resource-type.ts';
import { TAGS, tagList, tagsOf } from './tags.ts';
import { refuseUnsupported, text, unless } from './values.ts';

const MAX_NAME = 32;
const UNSUPPORTED = ['Ipv4IpamPoolId', 'MinimumLoadBalancerCapacity'];
const ATTRIBUTES = 'LoadBalancerAttributes';

/**
 * Subnets, security groups and attributes but the idle timeout are kept: it listens on this machine alone.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html
 */
export const elbLoadBalancer: ResourceType = {
  table: {
    properties: {
      EnableCapacityReservationProvisionStabilize: 'boolean',
      EnablePrefixForIpv6SourceNat: 'string',
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'string',
      IpAddressType: 'string',
      Ipv4IpamPoolId: 'string',
      LoadBalancerAttributes: [{ Key: 'string', Value: 'string' }],
      MinimumLoadBalancerCapacity: 'json',
      Name: 'string',
      Scheme: 'string',
      SecurityGroups: ['string'],
      SubnetMappings: [
        {
          AllocationId: 'string',
          IPv6Address: 'string',
          PrivateIPv4Address: 'string',
          SourceNatIpv6Prefix: 'string',
          SubnetId: 'string',
        },
      ],
      Subnets: ['string'],
      Tags: TAGS,
      Type: 'string',
    },
    required: [],
    replacing: ['Name', 'Scheme', 'Type'],
    name: 'Name',
  },
  attributes: [
    'CanonicalHostedZoneID',
    'DNSName',
    'LoadBalancerArn',
    'LoadBalancerFullName',
    'LoadBalancerName',
  ],
  async create(properties, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'load balancers');
    const { LoadBalancerAttributes: _, Tags: __, ...given } = properties;
    const Name =
      text(properties, 'Name') ?? context.generatedName(MAX_NAME).replace(/^internal-/, '');
    const creating = context.call<CreateLoadBalancerOutput>(
      'elasticloadbalancing',
      'CreateLoadBalancer',
      { ...given, Name, Tags: tagList(tagsOf(properties, context.tags)) },
    );
    const created = await (context.resumed
      ? unless(creating, 'DuplicateLoadBalancerName')
      : creating);
    const { LoadBalancers = [] } =
      created ??
      (await context.call<CreateLoadBalancerOutput>(
        'elasticloadbalancing',
        'DescribeLoadBalancers',
        {
          Names: [Name],
        },
      ));
    const {
      LoadBalancerArn: arn = '',
      DNSName = '',
      CanonicalHostedZoneId = '',
    } = LoadBalancers[0] ?? {};
    const made: Made = {
      physicalId: arn,
      attributes: {
        CanonicalHostedZoneID: CanonicalHostedZoneId,
        DNSName,
        LoadBalancerArn: arn,
        LoadBalancerFullName: arn.split(':loadbalancer/')[1] ?? '',
        LoadBalancerName: Name,
      },
    };
    context.made(made);
    await setAttributes(arn, attributeChanges(properties, {}, ATTRIBUTES), context);
    return made;
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'load balancers');
    const { physicalId: arn, properties: before } = current;
    await setAttributes(arn, attributeChanges(properties, before, ATTRIBUTES), context);
    await retagElb(properties, before, arn, context);
    return current;
  },
  async remove({ physicalId: LoadBalancerArn }, context) {
    await context.call('elasticloadbalancing', 'DeleteLoadBalancer', { LoadBalancerArn });
  },
};

async function setAttributes(
  LoadBalancerArn: string,
  Attributes: readonly object[],
  context: Parameters<ResourceType['remove']>[1],
): Promise<void> {
  if (Attributes.length === 0) return;
  const input = { LoadBalancerArn, Attributes };
  await context.call('elasticloadbalancing', 'ModifyLoadBalancerAttributes', input);
}
