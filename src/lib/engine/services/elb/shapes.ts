import {
  boolean,
  integer,
  list,
  type Operation,
  type Shape,
  string,
  structure,
  timestamp,
} from '../../protocol/shape.ts';

const tags = list(structure({ Key: string, Value: string }, ['Key']));
const attributes = list(structure({ Key: string, Value: string }));
const arns = list(string);
const paging = { Marker: string, PageSize: integer };
const actions = list(
  structure(
    {
      Type: string,
      TargetGroupArn: string,
      Order: integer,
      FixedResponseConfig: structure({
        MessageBody: string,
        StatusCode: string,
        ContentType: string,
      }),
      ForwardConfig: structure({
        TargetGroups: list(structure({ TargetGroupArn: string, Weight: integer })),
      }),
    },
    ['Type'],
  ),
);
const loadBalancer = structure({
  LoadBalancerArn: string,
  DNSName: string,
  CanonicalHostedZoneId: string,
  CreatedTime: timestamp,
  LoadBalancerName: string,
  Scheme: string,
  VpcId: string,
  State: structure({ Code: string, Reason: string }),
  Type: string,
  AvailabilityZones: list(structure({ ZoneName: string, SubnetId: string })),
  SecurityGroups: list(string),
  IpAddressType: string,
});
/** What `CreateTargetGroup` and `ModifyTargetGroup` have in common. */
const healthCheck = {
  HealthCheckProtocol: string,
  HealthCheckPort: string,
  HealthCheckEnabled: boolean,
  HealthCheckPath: string,
  HealthCheckIntervalSeconds: integer,
  HealthCheckTimeoutSeconds: integer,
  HealthyThresholdCount: integer,
  UnhealthyThresholdCount: integer,
  Matcher: structure({ HttpCode: string, GrpcCode: string }),
};
const targetGroupSettings = {
  Protocol: string,
  ProtocolVersion: string,
  Port: integer,
  VpcId: string,
  ...healthCheck,
  TargetType: string,
  IpAddressType: string,
};
const targetGroup = structure({
  TargetGroupArn: string,
  TargetGroupName: string,
  ...targetGroupSettings,
  LoadBalancerArns: arns,
});
const listenerSettings = {
  Port: integer,
  Protocol: string,
  SslPolicy: string,
  Certificates: list(structure({ CertificateArn: string })),
  DefaultActions: actions,
};
const listener = structure({
  ListenerArn: string,
  LoadBalancerArn: string,
  ...listenerSettings,
});
const loadBalancers = { LoadBalancers: list(loadBalancer) };
const targetGroups = { TargetGroups: list(targetGroup) };
const listeners = { Listeners: list(listener) };

/** The actions of Elastic Load Balancing (API version 2015-12-01) that the engine answers, with their shapes. */
export const elbOperations: Readonly<Record<string, Operation>> = {
  AddTags: operation('AddTags', { ResourceArns: arns, Tags: tags }, ['ResourceArns', 'Tags']),
  CreateListener: operation(
    'CreateListener',
    { LoadBalancerArn: string, ...listenerSettings, AlpnPolicy: list(string), Tags: tags },
    ['LoadBalancerArn', 'DefaultActions'],
    listeners,
  ),
  CreateLoadBalancer: operation(
    'CreateLoadBalancer',
    {
      Name: string,
      Subnets: list(string),
      SubnetMappings: list(structure({ SubnetId: string })),
      SecurityGroups: list(string),
      Scheme: string,
      Tags: tags,
      Type: string,
      IpAddressType: string,
    },
    ['Name'],
    loadBalancers,
  ),
  CreateTargetGroup: operation(
    'CreateTargetGroup',
    { Name: string, ...targetGroupSettings, Tags: tags },
    ['Name'],
    targetGroups,
  ),
  DeleteListener: operation('DeleteListener', { ListenerArn: string }, ['ListenerArn']),
  DeleteLoadBalancer: operation('DeleteLoadBalancer', { LoadBalancerArn: string }, [
    'LoadBalancerArn',
  ]),
  DeleteTargetGroup: operation('DeleteTargetGroup', { TargetGroupArn: string }, ['TargetGroupArn']),
  DescribeListeners: operation(
    'DescribeListeners',
    { LoadBalancerArn: string, ListenerArns: arns, ...paging },
    [],
    { ...listeners, NextMarker: string },
  ),
  DescribeLoadBalancerAttributes: operation(
    'DescribeLoadBalancerAttributes',
    { LoadBalancerArn: string },
    ['LoadBalancerArn'],
    { Attributes: attributes },
  ),
  DescribeLoadBalancers: operation(
    'DescribeLoadBalancers',
    { LoadBalancerArns: arns, Names: list(string), ...paging },
    [],
    { ...loadBalancers, NextMarker: string },
  ),
  DescribeTags: operation('DescribeTags', { ResourceArns: arns }, ['ResourceArns'], {
    TagDescriptions: list(structure({ ResourceArn: string, Tags: tags })),
  }),
  DescribeTargetGroupAttributes: operation(
    'DescribeTargetGroupAttributes',
    { TargetGroupArn: string },
    ['TargetGroupArn'],
    { Attributes: attributes },
  ),
  DescribeTargetGroups: operation(
    'DescribeTargetGroups',
    { LoadBalancerArn: string, TargetGroupArns: arns, Names: list(string), ...paging },
    [],
    { ...targetGroups, NextMarker: string },
  ),
  DescribeTargetHealth: operation(
    'DescribeTargetHealth',
    { TargetGroupArn: string },
    ['TargetGroupArn'],
    {
      TargetHealthDescriptions: list(
        structure({
          Target: structure({ Id: string, Port: integer }),
          HealthCheckPort: string,
          TargetHealth: structure({ State: string, Reason: string, Description: string }),
        }),
      ),
    },
  ),
  ModifyListener: operation(
    'ModifyListener',
    { ListenerArn: string, ...listenerSettings },
    ['ListenerArn'],
    listeners,
  ),
  ModifyLoadBalancerAttributes: operation(
    'ModifyLoadBalancerAttributes',
    { LoadBalancerArn: string, Attributes: attributes },
    ['LoadBalancerArn', 'Attributes'],
    { Attributes: attributes },
  ),
  ModifyTargetGroup: operation(
    'ModifyTargetGroup',
    { TargetGroupArn: string, ...healthCheck },
    ['TargetGroupArn'],
    targetGroups,
  ),
  ModifyTargetGroupAttributes: operation(
    'ModifyTargetGroupAttributes',
    { TargetGroupArn: string, Attributes: attributes },
    ['TargetGroupArn', 'Attributes'],
    { Attributes: attributes },
  ),
  RemoveTags: operation('RemoveTags', { ResourceArns: arns, TagKeys: list(string) }, [
    'ResourceArns',
    'TagKeys',
  ]),
};

function operation(
  name: string,
  input: Readonly<Record<string, Shape>>,
  required: readonly string[],
  output: Readonly<Record<string, Shape>> = {},
): Operation {
  return {
    input: structure(input, required),
    output: structure(output),
    resultWrapper: `${name}Result`,
  };
}
