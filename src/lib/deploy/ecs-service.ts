import type { TaskSize } from '../definition/styles.ts';
import { type Topology, topologyTags } from '../definition/topology.ts';
import { type TemplateResource, tagList } from '../topology/export/template.ts';
import { LOG_RETENTION_DAYS } from '../topology/functions/settings.ts';

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, TemplateResource>>;

/** Parameters of templates with services: what an account has, and a template can't know. */
export const ECS_PARAMETERS: Readonly<Record<string, Json>> = {
  Image: {
    Type: 'String',
    Description: 'This program as an image, by its digest: <repository>@sha256:…',
    AllowedPattern: '.+@sha256:[0-9a-f]{64}',
  },
  VpcId: { Type: 'AWS::EC2::VPC::Id', Description: 'Such as the default VPC.' },
  SubnetIds: {
    Type: 'List<AWS::EC2::Subnet::Id>',
    Description: 'Two public subnets at least, in different zones.',
  },
};

/** A service on Fargate. */
export interface EcsService extends TaskSize {
  /** What its logical ids begin with, such as `Email`. */
  readonly id: string;
  /** The last part of its log group's name, such as `email`. */
  readonly name: string;
  /** Arguments of `pubsub`. */
  readonly command: readonly string[];
  /** What its tasks may do. */
  readonly statements: readonly object[];
  readonly securityGroup: string;
  /** Environment variables besides those that all have, as values of the template. */
  readonly environment?: Json;
  /** Environment variables that come from Secrets Manager, with the ARN of each as a value of the template. */
  readonly secrets?: Json;
  /** Where it runs; undefined for the image's own folder. */
  readonly folder: string | undefined;
  readonly port?: number;
  /** Logical ids of a target group, and of the listener that has to be there first. */
  readonly behind?: { readonly targetGroup: string; readonly listener: string };
}

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  ],
};

/**
 * The cluster, the role that starts tasks, and the security group of tasks that nobody calls.
 * @param secrets ARNs of the secrets that tasks get, as values of the template.
 */
export function clusterResources(topology: Topology, secrets: readonly unknown[]): Resources {
  const Tags = tagList(topologyTags(topology));
  const readSecrets = {
    PolicyName: 'secrets',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Secrets',
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          Resource: secrets,
        },
      ],
    },
  };
  return {
    Cluster: {
      Type: 'AWS::ECS::Cluster',
      Properties: { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }], Tags },
    },
    ExecutionRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: TRUST,
        ManagedPolicyArns: [
          {
            'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`,
          },
        ],
        ...(secrets.length > 0 && { Policies: [readSecrets] }),
        Tags,
      },
    },
    TaskSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: `Tasks of ${topology.name}: they call, and nobody calls them.`,
        VpcId: { Ref: 'VpcId' },
        Tags,
      },
    },
  };
}

/**
 * A service with its log group, its role and its task: rolled back by itself where new tasks don't become healthy.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function serviceResources(topology: Topology, service: EcsService): Resources {
  const { id, statements, behind } = service;
  const Tags = tagList(topologyTags(topology));
  return {
    [`${id}Logs`]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: { 'Fn::Sub': `/pubsub/\${AWS::StackName}/${service.name}` },
        RetentionInDays: LOG_RETENTION_DAYS,
        Tags,
      },
    },
    [`${id}TaskRole`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: TRUST,
        Policies: [
          {
            PolicyName: 'task',
            PolicyDocument: { Version: '2012-10-17', Statement: statements },
          },
        ],
        Tags,
      },
    },
    [`${id}Task`]: taskResource(topology, service, Tags),
    [`${id}Service`]: {
      Type: 'AWS::ECS::Service',
      ...(behind && { DependsOn: behind.listener }),
      Properties: {
        Cluster: { Ref: 'Cluster' },
        TaskDefinition: { Ref: `${id}Task` },
        LaunchType: 'FARGATE',
        DesiredCount: 1,
        DeploymentConfiguration: {
          DeploymentCircuitBreaker: { Enable: true, Rollback: true },
          MinimumHealthyPercent: 100,
          MaximumPercent: 200,
        },
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            // In public subnets it is what reaches ECR and SQS without a NAT gateway.
            AssignPublicIp: 'ENABLED',
            SecurityGroups: [{ 'Fn::GetAtt': [service.securityGroup, 'GroupId'] }],
            Subnets: { Ref: 'SubnetIds' },
          },
        },
        ...(behind && {
          HealthCheckGracePeriodSeconds: 60,
          LoadBalancers: [
            {
              ContainerName: service.name,
              ContainerPort: service.port,
              TargetGroupArn: { Ref: behind.targetGroup },
            },
          ],
        }),
        PropagateTags: 'SERVICE',
        Tags,
      },
    },
  };
}

function taskResource(topology: Topology, service: EcsService, Tags: unknown): TemplateResource {
  const { id, name, command, cpu, memory, folder, port, secrets = {} } = service;
  const variables = {
    PUBSUB_TARGET: 'aws',
    PUBSUB_TOPOLOGY: topology.name,
    PUBSUB_PREFIX: topology.prefix,
    ...service.environment,
  };
  return {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: String(cpu),
      Memory: String(memory),
      ExecutionRoleArn: { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] },
      TaskRoleArn: { 'Fn::GetAtt': [`${id}TaskRole`, 'Arn'] },
      ContainerDefinitions: [
        {
          Name: name,
          Image: { Ref: 'Image' },
          Command: command,
          ...(folder !== undefined && { WorkingDirectory: folder }),
          Environment: Object.entries(variables)
            .filter(([, value]) => value !== '')
            .map(([Name, Value]) => ({ Name, Value })),
          ...(Object.keys(secrets).length > 0 && {
            Secrets: Object.entries(secrets).map(([Name, ValueFrom]) => ({
              Name,
              ValueFrom,
            })),
          }),
          ...(port !== undefined && { PortMappings: [{ ContainerPort: port }] }),
          LogConfiguration: {
            LogDriver: 'awslogs',
            Options: {
              'awslogs-group': { Ref: `${id}Logs` },
              'awslogs-region': { Ref: 'AWS::Region' },
              'awslogs-stream-prefix': name,
            },
          },
        },
      ],
      Tags,
    },
  };
}
