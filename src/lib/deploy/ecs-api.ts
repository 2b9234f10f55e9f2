import { API_TASK } from '../definition/styles.ts';
import { type Topology, topologyTags } from '../definition/topology.ts';
import { type TemplateResource, tagList } from '../topology/export/template.ts';
import { serviceResources } from './ecs-service.ts';
import { type OrderTopic, publishStatements } from './order-api.ts';
import type { LocalMachine } from './style.ts';

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, TemplateResource>>;

/** The port that the order API listens on. */
const PORT = 3000;

/** Parameters with the ARNs of secrets, and the variable that each is. */
const SECRETS = { DATABASE_URL: 'DatabaseUrlSecret', PUBSUB_API_TOKEN: 'ApiTokenSecret' } as const;

/** Logical names of the secrets' parameters. */
export const API_SECRETS: readonly string[] = Object.values(SECRETS);

/** What a template with the order API as a service asks for besides. */
export const ECS_API_PARAMETERS: Readonly<Record<string, Json>> = {
  [SECRETS.DATABASE_URL]: {
    Type: 'String',
    Description: 'ARN of a secret: the URL of a Postgres server.',
  },
  [SECRETS.PUBSUB_API_TOKEN]: {
    Type: 'String',
    Description: 'ARN of a secret: the token that callers of the order API bring.',
  },
};

/** The output with the API's URL. */
export const ECS_API_OUTPUTS = {
  ApiUrl: { Value: { 'Fn::Sub': `http://\${LoadBalancer.DNSName}` } },
};

/**
 * The order API as a service behind a load balancer, which asks it for its health.
 * @param topic where it publishes.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
 */
export function ecsApiResources(
  topology: Topology,
  topic: OrderTopic,
  local: LocalMachine | undefined,
): Resources {
  return {
    ...balancerResources(topology),
    ...serviceResources(topology, {
      id: 'Api',
      name: 'api',
      command: [
        ...['serve', '--host', '0.0.0.0', '--port', String(PORT), '--trust-proxy'],
        ...(local === undefined ? [] : ['--allow-unauthenticated']),
      ],
      ...API_TASK,
      statements: publishStatements(topic),
      securityGroup: 'ApiSecurityGroup',
      ...(local === undefined && { secrets: SECRETS }),
      folder: local?.folder,
      port: PORT,
      behind: { targetGroup: 'ApiTargetGroup', listener: 'ApiListener' },
    }),
  };
}

function balancerResources(topology: Topology): Resources {
  const Tags = tagList(topologyTags(topology));
  const inVpc = { VpcId: { Ref: 'VpcId' }, Tags };
  const balancerGroup = { 'Fn::GetAtt': ['BalancerSecurityGroup', 'GroupId'] };
  return {
    BalancerSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: `The load balancer of ${topology.name}: everybody calls it.`,
        SecurityGroupIngress: [
          { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' },
        ],
        ...inVpc,
      },
    },
    ApiSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: `The order API of ${topology.name}: its load balancer calls it.`,
        SecurityGroupIngress: [
          {
            IpProtocol: 'tcp',
            FromPort: PORT,
            ToPort: PORT,
            SourceSecurityGroupId: balancerGroup,
          },
        ],
        ...inVpc,
      },
    },
    LoadBalancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: {
        Type: 'application',
        Scheme: 'internet-facing',
        SecurityGroups: [balancerGroup],
        Subnets: { Ref: 'SubnetIds' },
        Tags,
      },
    },
    ApiTargetGroup: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: {
        TargetType: 'ip',
        Protocol: 'HTTP',
        Port: PORT,
        HealthCheckPath: '/health',
        HealthCheckIntervalSeconds: 15,
        ...inVpc,
      },
    },
    ApiListener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: { Ref: 'LoadBalancer' },
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'ApiTargetGroup' } }],
      },
    },
  };
}
