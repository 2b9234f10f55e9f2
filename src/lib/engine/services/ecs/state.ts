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
import type { KeptResources } from '../kept-resources.ts';
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

/** Everything ECS keeps. */
export interface EcsState extends EcsPorts {
  readonly parts: EngineParts;
  readonly host: TaskHost;
  readonly clusters: KeptResources<Cluster>;
  readonly taskDefinitions: KeptResources<TaskDefinition>;
  readonly services: KeptResources<Service>;
  /** What runs, by the ARN of its service. */
  readonly runners: Map<string, Runner>;
  /** Aborted when the engine ends or begins anew: nothing is started any more. */
  readonly closed: Closing;
}
