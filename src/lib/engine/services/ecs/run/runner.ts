import type { TaskStopCode } from '@aws-sdk/client-ecs';

/** A container of a task as `DescribeTasks` shows it. */
export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly status: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  readonly health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
  /** Ports of this machine, by port of the container. */
  readonly ports: ReadonlyMap<number, number>;
}

/** A task as `DescribeTasks` shows it. Times are milliseconds of the engine's time; 0 for what hasn't happened. */
export interface TaskView {
  readonly arn: string;
  readonly id: string;
  /** Of the deployment that it belongs to. */
  readonly deploymentId: string;
  /** ARN. */
  readonly definitionArn: string;
  readonly cpu: string;
  readonly memory: string;
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED';
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly containers: readonly ContainerView[];
  readonly createdAt: number;
  readonly startedAt: number;
  readonly stoppingAt: number;
  readonly stoppedAt: number;
  readonly stopCode: TaskStopCode | undefined;
  readonly stoppedReason: string;
}

/** Something that a service tells of itself. */
export interface ServiceEventView {
  readonly id: string;
  readonly at: number;
  readonly message: string;
}

/** What runs of a service. */
export interface Runner {
  /** Those that ended last are among them. */
  readonly tasks: readonly TaskView[];
  /** The newest first. */
  readonly events: readonly ServiceEventView[];
  /** Makes what runs be what the service says. */
  reconcile(): void;
  /** Ends a task, which is then replaced. @returns false where there is none. */
  stopTask(id: string, reason: string): boolean;
  /** Ends every task, and starts none any more. @param graceMs until SIGKILL; each container's own unless given. */
  close(reason: string, graceMs?: number): Promise<void>;
}
