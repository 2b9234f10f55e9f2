import { randomBytes } from 'node:crypto';
import { kept } from './kept.ts';
import type { PropertyTable } from './property-table.ts';
import type { ResourceType } from './resource-type.ts';
import { TAGS } from './tags.ts';
import { text } from './values.ts';

// Everything of the engine is on loopback: networks are kept by their stack, and shown.

const rule = {
  CidrIp: 'string',
  CidrIpv6: 'string',
  Description: 'string',
  FromPort: 'integer',
  IpProtocol: 'string',
  ToPort: 'integer',
} as const;
const ingress = {
  ...rule,
  SourcePrefixListId: 'string',
  SourceSecurityGroupId: 'string',
  SourceSecurityGroupName: 'string',
  SourceSecurityGroupOwnerId: 'string',
} as const;
const egress = {
  ...rule,
  DestinationPrefixListId: 'string',
  DestinationSecurityGroupId: 'string',
} as const;

/** The resource types of EC2 that templates of services need. */
export const EC2_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::EC2::InternetGateway': network('igw', ['InternetGatewayId'], { Tags: TAGS }, [], []),
  'AWS::EC2::Route': network(
    'r',
    [],
    {
      DestinationCidrBlock: 'string',
      DestinationIpv6CidrBlock: 'string',
      GatewayId: 'string',
      NatGatewayId: 'string',
      RouteTableId: 'string',
    },
    ['RouteTableId'],
    ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'RouteTableId'],
  ),
  'AWS::EC2::RouteTable': network(
    'rtb',
    ['RouteTableId'],
    { Tags: TAGS, VpcId: 'string' },
    ['VpcId'],
    ['VpcId'],
  ),
  'AWS::EC2::SecurityGroup': network(
    'sg',
    ['GroupId', 'Id', 'VpcId'],
    {
      GroupDescription: 'string',
      GroupName: 'string',
      SecurityGroupEgress: [egress],
      SecurityGroupIngress: [ingress],
      Tags: TAGS,
      VpcId: 'string',
    },
    ['GroupDescription'],
    ['GroupDescription', 'GroupName', 'VpcId'],
  ),
  'AWS::EC2::SecurityGroupEgress': network(
    'sgr',
    ['Id'],
    { ...egress, GroupId: 'string' },
    ['GroupId', 'IpProtocol'],
    ['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'DestinationSecurityGroupId'],
  ),
  'AWS::EC2::SecurityGroupIngress': network(
    'sgr',
    ['Id'],
    { ...ingress, GroupId: 'string', GroupName: 'string' },
    ['IpProtocol'],
    ['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'SourceSecurityGroupId'],
  ),
  'AWS::EC2::Subnet': network(
    'subnet',
    ['AvailabilityZone', 'SubnetId', 'VpcId'],
    {
      AvailabilityZone: 'string',
      CidrBlock: 'string',
      MapPublicIpOnLaunch: 'boolean',
      Tags: TAGS,
      VpcId: 'string',
    },
    ['VpcId'],
    ['AvailabilityZone', 'CidrBlock', 'VpcId'],
  ),
  'AWS::EC2::SubnetRouteTableAssociation': network(
    'rtbassoc',
    ['Id'],
    { RouteTableId: 'string', SubnetId: 'string' },
    ['RouteTableId', 'SubnetId'],
    ['SubnetId'],
  ),
  'AWS::EC2::VPC': network(
    'vpc',
    ['CidrBlock', 'VpcId'],
    {
      CidrBlock: 'string',
      EnableDnsHostnames: 'boolean',
      EnableDnsSupport: 'boolean',
      InstanceTenancy: 'string',
      Tags: TAGS,
    },
    [],
    ['CidrBlock'],
  ),
  'AWS::EC2::VPCGatewayAttachment': network(
    'attach',
    ['AttachmentType'],
    { InternetGatewayId: 'string', VpcId: 'string', VpnGatewayId: 'string' },
    ['VpcId'],
    ['VpcId'],
  ),
};

/** A kept resource whose id begins as given; attributes with a property's name are that, and others the id. */
function network(
  prefix: string,
  attributes: readonly string[],
  properties: PropertyTable['properties'],
  required: readonly string[],
  replacing: readonly string[],
): ResourceType {
  return kept({
    table: { properties, required, replacing },
    attributes,
    make(given) {
      const id = `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`;
      const values = attributes.map((name) => [name, text(given, name) ?? id]);
      return { physicalId: id, attributes: Object.fromEntries(values) };
    },
  });
}
