import type { RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { ecsTags, retagEcs } from './ecs-cluster.ts';
import { lowerNames } from './lower-names.ts';
import type { PropertyType } from './property-table.ts';
import type { ResourceType } from './resource-type.ts';
import { TAGS } from './tags.ts';
import { text, unless } from './values.ts';

const MAX_FAMILY = 255;
const pair = { Name: 'string', Value: 'string' } as const;
const secret = { Name: 'string', ValueFrom: 'string' } as const;
const container: PropertyType = {
  Command: ['string'],
  Cpu: 'integer',
  CredentialSpecs: ['string'],
  DependsOn: 'json',
  DisableNetworking: 'boolean',
  DnsSearchDomains: ['string'],
  DnsServers: ['string'],
  DockerLabels: { '*': 'string' },
  DockerSecurityOptions: ['string'],
  EntryPoint: ['string'],
  Environment: [pair],
  EnvironmentFiles: 'json',
  Essential: 'boolean',
  ExtraHosts: 'json',
  FirelensConfiguration: 'json',
  HealthCheck: {
    Command: ['string'],
    Interval: 'integer',
    Retries: 'integer',
    StartPeriod: 'integer',
    Timeout: 'integer',
  },
  Hostname: 'string',
  Image: 'string',
  Interactive: 'boolean',
  Links: ['string'],
  LinuxParameters: 'json',
  LogConfiguration: { LogDriver: 'string', Options: { '*': 'string' }, SecretOptions: [secret] },
  Memory: 'integer',
  MemoryReservation: 'integer',
  MountPoints: 'json',
  Name: 'string',
  PortMappings: [
    {
      AppProtocol: 'string',
      ContainerPort: 'integer',
      ContainerPortRange: 'string',
      HostPort: 'integer',
      Name: 'string',
      Protocol: 'string',
    },
  ],
  Privileged: 'boolean',
  PseudoTerminal: 'boolean',
  ReadonlyRootFilesystem: 'boolean',
  RepositoryCredentials: 'json',
  ResourceRequirements: 'json',
  RestartPolicy: 'json',
  Secrets: [secret],
  StartTimeout: 'integer',
  StopTimeout: 'integer',
  SystemControls: 'json',
  Ulimits: 'json',
  User: 'string',
  VersionConsistency: 'string',
  VolumesFrom: 'json',
  WorkingDirectory: 'string',
};
const properties = {
  ContainerDefinitions: [container],
  Cpu: 'string',
  EnableFaultInjection: 'boolean',
  EphemeralStorage: { SizeInGiB: 'integer' },
  ExecutionRoleArn: 'string',
  Family: 'string',
  InferenceAccelerators: 'json',
  IpcMode: 'string',
  Memory: 'string',
  NetworkMode: 'string',
  PidMode: 'string',
  PlacementConstraints: 'json',
  ProxyConfiguration: 'json',
  RequiresCompatibilities: ['string'],
  RuntimePlatform: { CpuArchitecture: 'string', OperatingSystemFamily: 'string' },
  Tags: TAGS,
  TaskRoleArn: 'string',
  Volumes: 'json',
} as const satisfies Readonly<Record<string, PropertyType>>;

/**
 * Everything but the tags makes a new revision, which is a new resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
 */
export const ecsTaskDefinition: ResourceType = {
  table: {
    properties,
    required: [],
    replacing: Object.keys(properties).filter((name) => name !== 'Tags'),
  },
  attributes: ['TaskDefinitionArn'],
  async create(given, context) {
    const { tags: _, ...input } = lowerNames(given, properties);
    const { taskDefinition } = await context.call<RegisterTaskDefinitionResponse>(
      'ecs',
      'RegisterTaskDefinition',
      {
        ...input,
        family: text(given, 'Family') ?? context.generatedName(MAX_FAMILY),
        containerDefinitions: input.containerDefinitions ?? [],
        tags: ecsTags(given, context),
      },
    );
    const { taskDefinitionArn: arn = '' } = taskDefinition ?? {};
    return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
  },
  async update(given, current, context) {
    await retagEcs(given, current.properties, current.physicalId, context);
    return current;
  },
  async remove({ physicalId: taskDefinition }, context) {
    await unless(
      context.call('ecs', 'DeregisterTaskDefinition', { taskDefinition }),
      'ClientException',
    );
  },
};
