import type {
  CreateServiceRequest,
  DeploymentRolloutState,
  RegisterTaskDefinitionRequest,
  Tag,
} from '@aws-sdk/client-ecs';
import type { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { LogPort, RolePort, SecretPort, TargetPort } from '../../ports.ts';
import type { Watchdog } from '../../processes/watchdog.ts';
import type { Runner } from './run/runner.ts';

/** The process that tasks are run by; it outlives the state that a reset drops. */
export interface TaskHost {
  readonly watchdog: Watchdog;
  /** `http://127.0.0.1:<port>` of the engine; undefined before it listens. */
  readonly endpoint: string | undefined;
  /** Called at once where the engine listens, else when it does. */
  whenListening(run: () => void): void;
  /** Something that has to be over before the engine has stopped. */
  track(work: Promise<void>): void;
}

/** The other services, as far as tasks need them. */
export interface EcsPorts {
  readonly logs: LogPort;
  readonly roles: RolePort;
  readonly secrets: SecretPort;
  readonly targets: TargetPort;
}

/** Where something is, and what it is called. Times are milliseconds of the engine's time. */
interface Owned {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

export interface Cluster extends Owned {
  readonly name: string;
}

export interface TaskDefinition extends Owned {
  readonly family: string;
  readonly revision: number;
  /** When it became inactive; 0 while it is active. */
  readonly deregisteredAt: number;
  /** As it was registered. */
  readonly input: RegisterTaskDefinitionRequest;
}

/** One task definition on its way into a service, or there. */
export interface Deployment {
  /** `ecs-svc/…` */
  readonly id: string;
  /** ARN. */
  readonly taskDefinition: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rolloutState: DeploymentRolloutState;
  readonly rolloutStateReason: string;
  /** Tasks that ended or never got well while it was under way. */
  readonly failedTasks: number;
}

/** Settings of a service that are kept as they were given. */
export type ServiceSettings = Pick<
  CreateServiceRequest,
  | 'loadBalancers'
  | 'deploymentConfiguration'
  | 'networkConfiguration'
  | 'healthCheckGracePeriodSeconds'
  | 'platformVersion'
  | 'capacityProviderStrategy'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'propagateTags'
>;

export interface Service extends Owned {
  readonly name: string;
  readonly clusterArn: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly desiredCount: number;
  readonly settings: ServiceSettings;
  /** The newest first: it is the primary one, and the others are on their way out. */
  readonly deployments: readonly Deployment[];
  /** The one that was completed last; null before. */
  readonly completed: Deployment | null;
}

/** Everything ECS keeps. ARNs hold account and region, so that one of each map serves all of them. */
export interface EcsState extends EcsPorts {
  readonly parts: EngineParts;
  readonly host: TaskHost;
  /** By ARN. */
  readonly clusters: Map<string, Cluster>;
  readonly taskDefinitions: Map<string, TaskDefinition>;
  readonly services: Map<string, Service>;
  /** What runs, by the ARN of its service. */
  readonly runners: Map<string, Runner>;
  /** Aborted when the engine ends or begins anew: nothing is started any more. */
  readonly closed: Closing;
}

export const TABLES = {
  clusters: 'ecs.clusters',
  taskDefinitions: 'ecs.task-definitions',
  services: 'ecs.services',
} as const;

export function storeCluster(state: EcsState, cluster: Cluster): void {
  state.clusters.set(cluster.arn, cluster);
  state.parts.journal.put(TABLES.clusters, cluster.arn, cluster);
}

export function dropCluster(state: EcsState, { arn }: Cluster): void {
  state.clusters.delete(arn);
  state.parts.journal.remove(TABLES.clusters, arn);
}

export function storeTaskDefinition(state: EcsState, definition: TaskDefinition): void {
  state.taskDefinitions.set(definition.arn, definition);
  state.parts.journal.put(TABLES.taskDefinitions, definition.arn, definition);
}

export function storeService(state: EcsState, service: Service): void {
  state.services.set(service.arn, service);
  state.parts.journal.put(TABLES.services, service.arn, service);
}

export function dropService(state: EcsState, { arn }: Service): void {
  state.services.delete(arn);
  state.parts.journal.remove(TABLES.services, arn);
}
