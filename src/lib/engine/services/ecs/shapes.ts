import {
  boolean,
  integer,
  list,
  type Operation,
  type Shape,
  type StructureShape,
  string,
  structure,
  timestamp,
} from '../../protocol/shape.ts';
import { containerDefinition, taskDefinitionMembers } from './shapes-task-definition.ts';

const tags = list(structure({ key: string, value: string }));
const page = { nextToken: string };
const failures = list(structure({ arn: string, reason: string, detail: string }));
const pair = structure({ name: string, value: string });
const cluster = structure({
  clusterArn: string,
  clusterName: string,
  status: string,
  registeredContainerInstancesCount: integer,
  runningTasksCount: integer,
  pendingTasksCount: integer,
  activeServicesCount: integer,
  tags,
  settings: list(pair),
  capacityProviders: list(string),
});
const taskDefinition = structure({
  taskDefinitionArn: string,
  ...taskDefinitionMembers,
  containerDefinitions: list(containerDefinition),
  revision: integer,
  status: string,
  compatibilities: list(string),
  registeredAt: timestamp,
  deregisteredAt: timestamp,
});
const loadBalancers = list(
  structure({
    targetGroupArn: string,
    loadBalancerName: string,
    containerName: string,
    containerPort: integer,
    advancedConfiguration: structure({ roleArn: string }),
  }),
);
const networkConfiguration = structure({
  awsvpcConfiguration: structure({
    subnets: list(string),
    securityGroups: list(string),
    assignPublicIp: string,
  }),
});
const capacityProviderStrategy = list(
  structure({ capacityProvider: string, weight: integer, base: integer }),
);
const deploymentConfiguration = structure({
  deploymentCircuitBreaker: structure({ enable: boolean, rollback: boolean }),
  maximumPercent: integer,
  minimumHealthyPercent: integer,
  alarms: structure({ alarmNames: list(string), rollback: boolean, enable: boolean }),
  strategy: string,
  bakeTimeInMinutes: integer,
  lifecycleHooks: list(structure({ hookTargetArn: string })),
});
/** What `CreateService` and `UpdateService` have in common. */
const settings = {
  cluster: string,
  taskDefinition: string,
  desiredCount: integer,
  loadBalancers,
  serviceRegistries: list(structure({ registryArn: string })),
  capacityProviderStrategy,
  platformVersion: string,
  deploymentConfiguration,
  networkConfiguration,
  placementConstraints: list(structure({ type: string, expression: string })),
  placementStrategy: list(structure({ type: string, field: string })),
  healthCheckGracePeriodSeconds: integer,
  deploymentController: structure({ type: string }),
  enableECSManagedTags: boolean,
  enableExecuteCommand: boolean,
  propagateTags: string,
  availabilityZoneRebalancing: string,
  serviceConnectConfiguration: structure({ enabled: boolean, namespace: string }),
  volumeConfigurations: list(structure({ name: string })),
  vpcLatticeConfigurations: list(structure({ targetGroupArn: string })),
};
const service = structure({
  serviceArn: string,
  serviceName: string,
  clusterArn: string,
  loadBalancers,
  status: string,
  desiredCount: integer,
  runningCount: integer,
  pendingCount: integer,
  launchType: string,
  platformVersion: string,
  platformFamily: string,
  taskDefinition: string,
  deploymentConfiguration,
  deployments: list(
    structure({
      id: string,
      status: string,
      taskDefinition: string,
      desiredCount: integer,
      pendingCount: integer,
      runningCount: integer,
      failedTasks: integer,
      createdAt: timestamp,
      updatedAt: timestamp,
      launchType: string,
      networkConfiguration,
      rolloutState: string,
      rolloutStateReason: string,
    }),
  ),
  events: list(structure({ id: string, createdAt: timestamp, message: string })),
  createdAt: timestamp,
  networkConfiguration,
  healthCheckGracePeriodSeconds: integer,
  schedulingStrategy: string,
  deploymentController: structure({ type: string }),
  tags,
  enableECSManagedTags: boolean,
  propagateTags: string,
  enableExecuteCommand: boolean,
});
const task = structure({
  taskArn: string,
  clusterArn: string,
  taskDefinitionArn: string,
  group: string,
  startedBy: string,
  lastStatus: string,
  desiredStatus: string,
  healthStatus: string,
  cpu: string,
  memory: string,
  launchType: string,
  containers: list(
    structure({
      containerArn: string,
      taskArn: string,
      name: string,
      image: string,
      lastStatus: string,
      exitCode: integer,
      reason: string,
      healthStatus: string,
      networkBindings: list(
        structure({
          bindIP: string,
          containerPort: integer,
          hostPort: integer,
          protocol: string,
        }),
      ),
    }),
  ),
  createdAt: timestamp,
  startedAt: timestamp,
  stoppingAt: timestamp,
  stoppedAt: timestamp,
  stopCode: string,
  stoppedReason: string,
  tags,
});

/** The actions of ECS (API version 2014-11-13) that the engine answers, with their shapes. */
export const ecsOperations: Readonly<Record<string, Operation>> = {
  CreateCluster: operation(
    {
      clusterName: string,
      tags,
      settings: list(pair),
      configuration: structure({}),
      capacityProviders: list(string),
      defaultCapacityProviderStrategy: capacityProviderStrategy,
      serviceConnectDefaults: structure({ namespace: string }),
    },
    [],
    { cluster },
  ),
  CreateService: operation(
    {
      ...settings,
      serviceName: string,
      clientToken: string,
      launchType: string,
      role: string,
      schedulingStrategy: string,
      tags,
    },
    ['serviceName'],
    { service },
  ),
  DeleteCluster: operation({ cluster: string }, ['cluster'], { cluster }),
  DeleteService: operation({ cluster: string, service: string, force: boolean }, ['service'], {
    service,
  }),
  DeregisterTaskDefinition: operation({ taskDefinition: string }, ['taskDefinition'], {
    taskDefinition,
  }),
  DescribeClusters: operation({ clusters: list(string), include: list(string) }, [], {
    clusters: list(cluster),
    failures,
  }),
  DescribeServices: operation(
    { cluster: string, services: list(string), include: list(string) },
    ['services'],
    { services: list(service), failures },
  ),
  DescribeTaskDefinition: operation(
    { taskDefinition: string, include: list(string) },
    ['taskDefinition'],
    { taskDefinition, tags },
  ),
  DescribeTasks: operation(
    { cluster: string, tasks: list(string), include: list(string) },
    ['tasks'],
    { tasks: list(task), failures },
  ),
  ListClusters: operation({ ...page, maxResults: integer }, [], {
    clusterArns: list(string),
    ...page,
  }),
  ListServices: operation(
    {
      cluster: string,
      ...page,
      maxResults: integer,
      launchType: string,
      schedulingStrategy: string,
    },
    [],
    { serviceArns: list(string), ...page },
  ),
  ListTagsForResource: operation({ resourceArn: string }, ['resourceArn'], { tags }),
  ListTaskDefinitions: operation(
    { familyPrefix: string, status: string, sort: string, ...page, maxResults: integer },
    [],
    { taskDefinitionArns: list(string), ...page },
  ),
  ListTasks: operation(
    {
      cluster: string,
      containerInstance: string,
      family: string,
      ...page,
      maxResults: integer,
      startedBy: string,
      serviceName: string,
      desiredStatus: string,
      launchType: string,
    },
    [],
    { taskArns: list(string), ...page },
  ),
  RegisterTaskDefinition: operation(
    { ...taskDefinitionMembers, containerDefinitions: list(containerDefinition), tags },
    ['family', 'containerDefinitions'],
    { taskDefinition, tags },
  ),
  StopTask: operation({ cluster: string, task: string, reason: string }, ['task'], { task }),
  TagResource: operation({ resourceArn: string, tags }, ['resourceArn', 'tags']),
  UntagResource: operation({ resourceArn: string, tagKeys: list(string) }, [
    'resourceArn',
    'tagKeys',
  ]),
  UpdateService: operation(
    { ...settings, service: string, forceNewDeployment: boolean },
    ['service'],
    { service },
  ),
};

/** Every action is answered with a JSON object. */
function operation(
  input: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
  output: Readonly<Record<string, Shape>> = {},
): Operation {
  const answer: StructureShape = structure(output);
  return { input: structure(input, required), output: answer, resultWrapper: '' };
}
