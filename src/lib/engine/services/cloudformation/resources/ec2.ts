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
      CarrierGatewayId: 'string',
      CoreNetworkArn: 'string',
      DestinationCidrBlock: 'string',
      DestinationIpv6CidrBlock: 'string',
      DestinationPrefixListId: 'string',
      EgressOnlyInternetGatewayId: 'string',
      GatewayId: 'string',
      InstanceId: 'string',
      LocalGatewayId: 'string',
      NatGatewayId: 'string',
      NetworkInterfaceId: 'string',
      OdbNetworkArn: 'string',
      RouteTableId: 'string',
      TransitGatewayId: 'string',
      VpcEndpointId: 'string',
      VpcPeeringConnectionId: 'string',
    },
    ['RouteTableId'],
    ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId', 'RouteTableId'],
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
    ['GroupId', ...Object.keys(egress).filter((name) => name !== 'Description')],
  ),
  'AWS::EC2::SecurityGroupIngress': network(
    'sgr',
    ['Id'],
    { ...ingress, GroupId: 'string', GroupName: 'string' },
    ['IpProtocol'],
    ['GroupId', 'GroupName', ...Object.keys(ingress).filter((name) => name !== 'Description')],
  ),
  'AWS::EC2::Subnet': network(
    'subnet',
    ['AvailabilityZone', 'SubnetId', 'VpcId'],
    {
      AssignIpv6AddressOnCreation: 'boolean',
      AvailabilityZone: 'string',
      AvailabilityZoneId: 'string',
      CidrBlock: 'string',
      EnableDns64: 'boolean',
      EnableLniAtDeviceIndex: 'integer',
      Ipv4IpamPoolId: 'string',
      Ipv4NetmaskLength: 'integer',
      Ipv6CidrBlock: 'string',
      Ipv6IpamPoolId: 'string',
      Ipv6Native: 'boolean',
      Ipv6NetmaskLength: 'integer',
      MapPublicIpOnLaunch: 'boolean',
      OutpostArn: 'string',
      PrivateDnsNameOptionsOnLaunch: 'json',
      Tags: TAGS,
      VpcId: 'string',
    },
    ['VpcId'],
    [
      'AvailabilityZone',
      'AvailabilityZoneId',
      'CidrBlock',
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'Ipv6IpamPoolId',
      'Ipv6Native',
      'Ipv6NetmaskLength',
      'OutpostArn',
      'VpcId',
    ],
  ),
  'AWS::EC2::SubnetRouteTableAssociation': network(
    'rtbassoc',
    ['Id'],
    { RouteTableId: 'string', SubnetId: 'string' },
    ['RouteTableId', 'SubnetId'],
    ['RouteTableId', 'SubnetId'],
  ),
  'AWS::EC2::VPC': network(
    'vpc',
    ['CidrBlock', 'VpcId'],
    {
      CidrBlock: 'string',
      EnableDnsHostnames: 'boolean',
      EnableDnsSupport: 'boolean',
      InstanceTenancy: 'string',
      Ipv4IpamPoolId: 'string',
      Ipv4NetmaskLength: 'integer',
      Tags: TAGS,
      VpcEncryptionControl: 'json',
    },
    [],
    ['CidrBlock', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'VpcEncryptionControl'],
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
