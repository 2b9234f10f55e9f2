import type {
  Cluster as ClusterOutput,
  Service as ServiceOutput,
  Tag,
  TaskDefinition as TaskDefinitionOutput,
  Task as TaskOutput,
} from '@aws-sdk/client-ecs';
import type { TaskView } from './run/runner.ts';
import type { Cluster, Deployment, EcsState, Service, TaskDefinition } from './state.ts';

const DEFAULT_DEPLOYMENT = { maximumPercent: 200, minimumHealthyPercent: 100 } as const;
const EVERYTHING_OFF = { enable: false, rollback: false } as const;

/** A time as answers have it; undefined for 0. */
function dateOf(at: number): Date | undefined {
  return at === 0 ? undefined : new Date(at);
}

function tasksOf(state: EcsState, arn: string): readonly TaskView[] {
  return state.runners.get(arn)?.tasks ?? [];
}

function countsOf(tasks: readonly TaskView[]) {
  const having = (status: TaskView['lastStatus']) =>
    tasks.filter(({ lastStatus }) => lastStatus === status).length;
  return { runningCount: having('RUNNING'), pendingCount: having('PENDING') };
}

/** A cluster as answers have it. */
export function clusterView(
  state: EcsState,
  { arn, name, tags }: Cluster,
  withTags: boolean,
): ClusterOutput {
  const services = [...state.services.values()].filter(({ clusterArn }) => clusterArn === arn);
  const { runningCount, pendingCount } = countsOf(
    services.flatMap((service) => tasksOf(state, service.arn)),
  );
  return {
    clusterArn: arn,
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: runningCount,
    pendingTasksCount: pendingCount,
    activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
    ...(withTags ? { tags: [...tags] } : {}),
    settings: [],
    capacityProviders: [],
  };
}

/** A task definition as answers have it. */
export function taskDefinitionView(definition: TaskDefinition): TaskDefinitionOutput {
  const { arn, revision, deregisteredAt, createdAt, input } = definition;
  const { tags: _, ...given } = input as typeof input & { readonly tags?: readonly Tag[] };
  return {
    ...given,
    taskDefinitionArn: arn,
    revision,
    status: deregisteredAt === 0 ? 'ACTIVE' : 'INACTIVE',
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: dateOf(createdAt),
    deregisteredAt: dateOf(deregisteredAt),
  };
}

/** A service as answers have it. */
export function serviceView(state: EcsState, service: Service, withTags: boolean): ServiceOutput {
  const { arn, name, clusterArn, status, desiredCount, settings, deployments } = service;
  const runner = state.runners.get(arn);
  const tasks = tasksOf(state, arn);
  return {
    ...settings,
    serviceArn: arn,
    serviceName: name,
    clusterArn,
    loadBalancers: settings.loadBalancers ?? [],
    status,
    desiredCount,
    ...countsOf(tasks),
    launchType: 'FARGATE',
    platformFamily: 'Linux',
    taskDefinition: deployments[0]?.taskDefinition,
    deploymentConfiguration: {
      deploymentCircuitBreaker: EVERYTHING_OFF,
      ...DEFAULT_DEPLOYMENT,
      ...settings.deploymentConfiguration,
    },
    deployments: deployments.map((each, index) => deploymentView(service, each, tasks, index)),
    events: (runner?.events ?? []).map(({ id, at, message }) => ({
      id,
      createdAt: dateOf(at),
      message,
    })),
    createdAt: dateOf(service.createdAt),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    ...(withTags ? { tags: [...service.tags] } : {}),
  };
}

function deploymentView(
  { desiredCount, settings }: Service,
  deployment: Deployment,
  tasks: readonly TaskView[],
  index: number,
): NonNullable<ServiceOutput['deployments']>[number] {
  const { id, taskDefinition, rolloutState, rolloutStateReason, failedTasks } = deployment;
  return {
    id,
    status: index === 0 ? 'PRIMARY' : 'ACTIVE',
    taskDefinition,
    desiredCount: index === 0 ? desiredCount : 0,
    ...countsOf(tasks.filter(({ deploymentId }) => deploymentId === id)),
    failedTasks,
    createdAt: dateOf(deployment.createdAt),
    updatedAt: dateOf(deployment.updatedAt),
    launchType: 'FARGATE',
    networkConfiguration: settings.networkConfiguration,
    rolloutState,
    rolloutStateReason,
  };
}

/** A task as answers have it. */
export function taskView({ name, clusterArn }: Service, task: TaskView): TaskOutput {
  const { arn, definitionArn, containers, stoppedReason, stopCode } = task;
  const healths = containers.map(({ health }) => health);
  return {
    taskArn: arn,
    clusterArn,
    taskDefinitionArn: definitionArn,
    group: `service:${name}`,
    startedBy: task.deploymentId,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: healths.includes('UNHEALTHY')
      ? 'UNHEALTHY'
      : healths.includes('HEALTHY')
        ? 'HEALTHY'
        : 'UNKNOWN',
    cpu: task.cpu,
    memory: task.memory,
    launchType: 'FARGATE',
    containers: containers.map((each) => ({
      containerArn: `${arn.replace(':task/', ':container/')}/${each.name}`,
      taskArn: arn,
      name: each.name,
      image: each.image,
      lastStatus: each.status,
      exitCode: each.exitCode,
      reason: each.reason,
      healthStatus: each.health,
      networkBindings: [...each.ports].map(([containerPort, hostPort]) => ({
        bindIP: '127.0.0.1',
        containerPort,
        hostPort,
        protocol: 'tcp' as const,
      })),
    })),
    createdAt: dateOf(task.createdAt),
    startedAt: dateOf(task.startedAt),
    stoppingAt: dateOf(task.stoppingAt),
    stoppedAt: dateOf(task.stoppedAt),
    ...(stopCode === undefined ? {} : { stopCode, stoppedReason }),
  };
}
