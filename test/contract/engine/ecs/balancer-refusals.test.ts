import * as commands from '@aws-sdk/client-elastic-load-balancing-v2';
import { it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.ElasticLoadBalancingV2Client);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const ARN = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:';
const FIXED = {
  Type: 'fixed-response' as const,
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain' },
};
const listener = { Port: 80, Protocol: 'HTTP', DefaultActions: [FIXED] };
const group = {
  Name: 'g',
  Port: 80,
  Protocol: 'HTTP' as const,
  TargetType: 'ip' as const,
  VpcId: 'v',
};
interface Arns {
  readonly LoadBalancerArn: string;
  readonly TargetGroupArn: string;
}
const callsFor = ({ LoadBalancerArn, TargetGroupArn }: Arns): Answer[] => [
  [
    'CreateLoadBalancer',
    { Name: 'a_b', Subnets: ['s'] },
    "400 ValidationError: Load balancer name 'a_b' must have 1 to 32 alphanumeric characters or hyphens, and not begin or end with a hyphen",
  ],
  [
    'CreateLoadBalancer',
    { Name: '-a', Subnets: ['s'] },
    "400 ValidationError: Load balancer name '-a' must have 1 to 32 alphanumeric characters or hyphens, and not begin or end with a hyphen",
  ],
  [
    'CreateLoadBalancer',
    { Name: 'a'.repeat(33), Subnets: ['s'] },
    "400 ValidationError: Load balancer name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' must have 1 to 32 alphanumeric characters or hyphens, and not begin or end with a hyphen",
  ],
  [
    'CreateLoadBalancer',
    { Name: 'internal-a', Subnets: ['s'] },
    "400 ValidationError: Load balancer name 'internal-a' must have 1 to 32 alphanumeric characters or hyphens, and not begin or end with a hyphen",
  ],
  [
    'CreateLoadBalancer',
    { Name: 'a', Subnets: ['s'], Type: 'network' },
    '400 UnsupportedOperation: The local engine does not support load balancers of the type network.',
  ],
  [
    'DescribeLoadBalancers',
    { LoadBalancerArns: [`${ARN}loadbalancer/app/none/1`] },
    "400 LoadBalancerNotFoundException: Load balancer 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/none/1' not found",
  ],
  [
    'DescribeLoadBalancers',
    { Names: ['none'] },
    "400 LoadBalancerNotFoundException: Load balancer 'none' not found",
  ],
  [
    'ModifyLoadBalancerAttributes',
    { LoadBalancerArn, Attributes: [{ Key: 'other', Value: '1' }] },
    { Attributes: [{ Key: 'other', Value: '1' }] },
  ],
  [
    'ModifyLoadBalancerAttributes',
    { LoadBalancerArn, Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '0' }] },
    "400 ValidationError: Attribute value '0' is not valid for 'idle_timeout.timeout_seconds': it must be between 1 and 4000",
  ],
  [
    'ModifyLoadBalancerAttributes',
    { LoadBalancerArn, Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '4001' }] },
    "400 ValidationError: Attribute value '4001' is not valid for 'idle_timeout.timeout_seconds': it must be between 1 and 4000",
  ],
  [
    'ModifyLoadBalancerAttributes',
    { LoadBalancerArn: `${ARN}loadbalancer/app/none/1`, Attributes: [] },
    "400 LoadBalancerNotFoundException: Load balancer 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/none/1' not found",
  ],
  [
    'DescribeLoadBalancerAttributes',
    { LoadBalancerArn: `${ARN}loadbalancer/app/none/1` },
    "400 LoadBalancerNotFoundException: Load balancer 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/none/1' not found",
  ],
  [
    'CreateTargetGroup',
    { ...group, Name: 'a_b' },
    "400 ValidationError: Target group name 'a_b' must have 1 to 32 alphanumeric characters or hyphens, and not begin or end with a hyphen",
  ],
  [
    'CreateTargetGroup',
    { ...group, TargetType: 'instance' },
    '400 UnsupportedOperation: The local engine does not support target groups of the type instance: ip only.',
  ],
  [
    'CreateTargetGroup',
    { ...group, Protocol: 'TCP' },
    '400 UnsupportedOperation: The local engine does not support target groups of the protocol TCP: HTTP only.',
  ],
  [
    'CreateTargetGroup',
    { ...group, ProtocolVersion: 'GRPC' },
    '400 UnsupportedOperation: The local engine does not support target groups of the protocol version GRPC.',
  ],
  [
    'CreateTargetGroup',
    { ...group, Port: 0 },
    '400 ValidationError: A port must be specified, from 1 to 65535',
  ],
  [
    'CreateTargetGroup',
    { ...group, Port: 65_536 },
    '400 ValidationError: A port must be specified, from 1 to 65535',
  ],
  [
    'CreateTargetGroup',
    { ...group, Port: undefined },
    '400 ValidationError: A port must be specified, from 1 to 65535',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckProtocol: 'TCP' },
    '400 UnsupportedOperation: The local engine does not support health checks over TCP.',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckEnabled: false },
    '400 ValidationError: Health check enabled must be true for target groups with target type ip',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckPath: 'a' },
    "400 ValidationError: Health check path 'a' must begin with a '/'",
  ],
  [
    'CreateTargetGroup',
    { ...group, Matcher: { HttpCode: '600' } },
    "400 ValidationError: The matcher '600' is no code or range of codes",
  ],
  [
    'CreateTargetGroup',
    { ...group, Matcher: { HttpCode: '200-' } },
    "400 ValidationError: The matcher '200-' is no code or range of codes",
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckIntervalSeconds: 4 },
    '400 ValidationError: HealthCheckIntervalSeconds must be between 5 and 300, and not 4',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckIntervalSeconds: 301 },
    '400 ValidationError: HealthCheckIntervalSeconds must be between 5 and 300, and not 301',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckTimeoutSeconds: 1 },
    '400 ValidationError: HealthCheckTimeoutSeconds must be between 2 and 120, and not 1',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckTimeoutSeconds: 121, HealthCheckIntervalSeconds: 300 },
    '400 ValidationError: HealthCheckTimeoutSeconds must be between 2 and 120, and not 121',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthCheckTimeoutSeconds: 30 },
    '400 ValidationError: Health check interval must be greater than the timeout.',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthyThresholdCount: 1 },
    '400 ValidationError: HealthyThresholdCount must be between 2 and 10, and not 1',
  ],
  [
    'CreateTargetGroup',
    { ...group, HealthyThresholdCount: 11 },
    '400 ValidationError: HealthyThresholdCount must be between 2 and 10, and not 11',
  ],
  [
    'CreateTargetGroup',
    { ...group, UnhealthyThresholdCount: 1 },
    '400 ValidationError: UnhealthyThresholdCount must be between 2 and 10, and not 1',
  ],
  [
    'CreateTargetGroup',
    { ...group, UnhealthyThresholdCount: 11 },
    '400 ValidationError: UnhealthyThresholdCount must be between 2 and 10, and not 11',
  ],
  [
    'ModifyTargetGroup',
    { TargetGroupArn, HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 },
    '400 ValidationError: Health check interval must be greater than the timeout.',
  ],
  [
    'ModifyTargetGroup',
    { TargetGroupArn: `${ARN}targetgroup/none/1` },
    "400 TargetGroupNotFoundException: Target group 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/1' not found",
  ],
  [
    'ModifyTargetGroupAttributes',
    {
      TargetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '3601' }],
    },
    "400 ValidationError: Attribute value '3601' is not valid for 'deregistration_delay.timeout_seconds': it must be between 0 and 3600",
  ],
  [
    'ModifyTargetGroupAttributes',
    { TargetGroupArn, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '-1' }] },
    "400 ValidationError: Attribute value '-1' is not valid for 'deregistration_delay.timeout_seconds': it must be between 0 and 3600",
  ],
  [
    'DescribeTargetGroups',
    { TargetGroupArns: [`${ARN}targetgroup/none/1`] },
    "400 TargetGroupNotFoundException: Target group 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/1' not found",
  ],
  [
    'DescribeTargetGroups',
    { Names: ['none'] },
    "400 TargetGroupNotFoundException: Target group 'none' not found",
  ],
  [
    'RegisterTargets',
    { TargetGroupArn, Targets: [{ Id: 'host' }] },
    '400 UnsupportedOperation: The local engine does not support Elastic Load Balancing RegisterTargets.',
  ],
  [
    'RegisterTargets',
    { TargetGroupArn, Targets: [] },
    '400 UnsupportedOperation: The local engine does not support Elastic Load Balancing RegisterTargets.',
  ],
  [
    'DeregisterTargets',
    { TargetGroupArn, Targets: [{ Id: '127.0.0.1' }] },
    '400 UnsupportedOperation: The local engine does not support Elastic Load Balancing DeregisterTargets.',
  ],
  ['DescribeTargetHealth', { TargetGroupArn }, { TargetHealthDescriptions: [] }],
  [
    'DescribeTargetHealth',
    { TargetGroupArn: `${ARN}targetgroup/none/1` },
    "400 TargetGroupNotFoundException: Target group 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/1' not found",
  ],
  [
    'CreateListener',
    { LoadBalancerArn, ...listener, Port: 0 },
    '400 ValidationError: A port must be specified, from 1 to 65535',
  ],
  [
    'CreateListener',
    { LoadBalancerArn, ...listener, Port: 65_536 },
    '400 ValidationError: A port must be specified, from 1 to 65535',
  ],
  [
    'CreateListener',
    { LoadBalancerArn, ...listener, Protocol: 'HTTPS' },
    '400 UnsupportedOperation: The local engine does not support listeners of the protocol HTTPS: HTTP only, there are no certificates.',
  ],
  [
    'CreateListener',
    { LoadBalancerArn, ...listener, DefaultActions: [] },
    '400 ValidationError: A default action must be specified',
  ],
  [
    'CreateListener',
    { LoadBalancerArn, ...listener, DefaultActions: [FIXED, FIXED] },
    '400 UnsupportedOperation: The local engine does not support several default actions.',
  ],
  [
    'CreateListener',
    {
      LoadBalancerArn,
      ...listener,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '301' } }],
    },
    '400 InvalidConfigurationRequestException: A fixed response must have a status code of 2XX, 4XX or 5XX',
  ],
  [
    'CreateListener',
    {
      LoadBalancerArn,
      ...listener,
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: { StatusCode: '200', ContentType: 'image/png' },
        },
      ],
    },
    "400 InvalidConfigurationRequestException: The content type 'image/png' of a fixed response must be one of text/plain, text/css, text/html, application/javascript, application/json",
  ],
  [
    'CreateListener',
    { LoadBalancerArn, ...listener, DefaultActions: [{ Type: 'redirect' }] },
    '400 UnsupportedOperation: The local engine does not support the action redirect of listeners.',
  ],
  [
    'CreateListener',
    {
      LoadBalancerArn,
      ...listener,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: `${ARN}targetgroup/none/1` }],
    },
    "400 TargetGroupNotFoundException: Target group 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/1' not found",
  ],
  [
    'CreateListener',
    {
      LoadBalancerArn,
      ...listener,
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [{ TargetGroupArn }, { TargetGroupArn }] },
        },
      ],
    },
    '400 UnsupportedOperation: The local engine does not support several target groups of an action.',
  ],
  [
    'CreateListener',
    { LoadBalancerArn: `${ARN}loadbalancer/app/none/1`, ...listener },
    "400 LoadBalancerNotFoundException: Load balancer 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/none/1' not found",
  ],
  [
    'DescribeListeners',
    {},
    '400 ValidationError: Either listener ARNs or a load balancer ARN must be specified',
  ],
  [
    'DescribeListeners',
    { ListenerArns: [`${ARN}listener/app/none/1/2`] },
    "400 ListenerNotFoundException: Listener 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/none/1/2' not found",
  ],
  ['DescribeListeners', { LoadBalancerArn }, { Listeners: [] }],
  [
    'ModifyListener',
    { ListenerArn: `${ARN}listener/app/none/1/2` },
    "400 ListenerNotFoundException: Listener 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/none/1/2' not found",
  ],
  [
    'DeleteListener',
    { ListenerArn: `${ARN}listener/app/none/1/2` },
    "400 ListenerNotFoundException: Listener 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/none/1/2' not found",
  ],
  [
    'AddTags',
    { ResourceArns: [`${ARN}listener/app/none/1/2`], Tags: [{ Key: 'k', Value: 'v' }] },
    "400 ListenerNotFoundException: Listener 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/none/1/2' not found",
  ],
  [
    'AddTags',
    { ResourceArns: [`${ARN}targetgroup/none/1`], Tags: [{ Key: 'k', Value: 'v' }] },
    "400 TargetGroupNotFoundException: Target group 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/1' not found",
  ],
  [
    'AddTags',
    { ResourceArns: [`${ARN}loadbalancer/app/none/1`], Tags: [{ Key: 'k', Value: 'v' }] },
    "400 LoadBalancerNotFoundException: Load balancer 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/none/1' not found",
  ],
  ['AddTags', { ResourceArns: [TargetGroupArn], Tags: [{ Key: 'aws:k', Value: 'v' }] }, {}],
  [
    'AddTags',
    {
      ResourceArns: [TargetGroupArn],
      Tags: [
        { Key: 'k', Value: 'v' },
        { Key: 'l', Value: 'w' },
      ],
    },
    {},
  ],
  ['RemoveTags', { ResourceArns: [TargetGroupArn], TagKeys: ['k'] }, {}],
  [
    'CreateRule',
    { ListenerArn: 'l', Conditions: [], Priority: 1, Actions: [] },
    '400 UnsupportedOperation: The local engine does not support Elastic Load Balancing CreateRule.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  const balancer = new commands.CreateLoadBalancerCommand({ Name: 'there', Subnets: ['s', 't'] });
  const { LoadBalancers } = await at.client.send(balancer);
  const making = new commands.CreateTargetGroupCommand({ ...group, Name: 'there' });
  const { TargetGroups } = await at.client.send(making);
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  await ask(callsFor({ LoadBalancerArn, TargetGroupArn }));
});
