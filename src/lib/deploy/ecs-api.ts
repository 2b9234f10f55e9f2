import { API_TASK, type OrderDatabase } from '../definition/styles.ts';
import { type Topology, topologyTags } from '../definition/topology.ts';
import { type TemplateResource, tagList } from '../topology/export/template.ts';
import { DATABASE_URL_PARAMETER, RDS_CLIENT, rdsResources, SERVICE_DATABASE } from './database.ts';
import { serviceResources } from './ecs-service.ts';
import { type OrderTopic, publishStatements } from './order-api.ts';
import type { LocalMachine } from './style.ts';

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, TemplateResource>>;

/** The port that the order API listens on. */
const PORT = 3000;
/** Logical id of the security group of its tasks. */
const API_SECURITY_GROUP = 'ApiSecurityGroup';

/** The parameter with the ARN of the secret that is the URL of Postgres; in a template for the engine, the secret. */
export const DATABASE_SECRET = 'DatabaseUrlSecret';
/** The parameter with the ARN of the secret that is the order API's token. */
export const TOKEN_SECRET = 'ApiTokenSecret';

/** What a template with the order API as a service adds for its secrets and its database. */
export interface ApiSecrets {
  readonly parameters: Readonly<Record<string, Json>>;
  readonly resources: Resources;
  readonly environment: Json;
  /** Variables with the ARNs that they come from. */
  readonly secrets: Json;
  /** ARNs that the role which starts tasks may read. */
  readonly arns: readonly unknown[];
}

const TOKEN_PARAMETERS = {
  [TOKEN_SECRET]: {
    Type: 'String',
    Description: 'ARN of a secret: the token that callers of the order API bring.',
  },
};

/**
 * The secrets of an order API that is a service. On the local engine there is no token, since only this machine reaches it,
 * and no RDS: orders are in an embedded database of the service, or in the server that is given.
 */
export function apiSecrets(
  topology: Topology,
  database: OrderDatabase,
  local: LocalMachine | undefined,
): ApiSecrets {
  const url = { Ref: DATABASE_SECRET };
  const ofUrl = { environment: {}, secrets: { DATABASE_URL: url }, arns: [url] };
  if (local?.hasDatabaseUrl) {
    const SecretString = { Ref: DATABASE_URL_PARAMETER };
    const secret = { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString } };
    return {
      ...ofUrl,
      ...SERVICE_DATABASE,
      resources: { [DATABASE_SECRET]: secret },
    };
  }
  if (local) return { parameters: {}, resources: {}, environment: {}, secrets: {}, arns: [] };
  const token = { Ref: TOKEN_SECRET };
  if (database === 'rds') {
    return {
      parameters: TOKEN_PARAMETERS,
      resources: rdsResources(topology, API_SECURITY_GROUP),
      environment: RDS_CLIENT.environment,
      secrets: { ...RDS_CLIENT.secrets, PUBSUB_API_TOKEN: token },
      arns: [...RDS_CLIENT.secretArns, token],
    };
  }
  const Description = 'ARN of a secret: the URL of a Postgres server.';
  return {
    parameters: { [DATABASE_SECRET]: { Type: 'String', Description }, ...TOKEN_PARAMETERS },
    resources: {},
    environment: {},
    secrets: { ...ofUrl.secrets, PUBSUB_API_TOKEN: token },
    arns: [url, token],
  };
}

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
  { environment, secrets }: ApiSecrets,
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
      securityGroup: API_SECURITY_GROUP,
      environment,
      secrets,
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
    [API_SECURITY_GROUP]: {
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
