import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerDefinition, TaskStopCode } from '@aws-sdk/client-ecs';
import { freePorts } from '../../../../process/free-ports.ts';
import type { Target, TargetHealth } from '../../../ports.ts';
import { removeFolder } from '../remove-folder.ts';
import type { EcsState, Service, TaskDefinition } from '../state.ts';
import { hasOwnDatabase } from '../task-definition/command.ts';
import { type Container, startContainer } from './container.ts';
import { containerEnvironment, SecretMissing } from './container-environment.ts';
import { LogGroupMissing, logWriter } from './container-log.ts';
import type { TaskView } from './runner.ts';

/** What a task is started with. */
export interface TaskOptions {
  readonly state: EcsState;
  readonly service: Service;
  readonly definition: TaskDefinition;
  readonly deploymentId: string;
  /** Where the files of the service's tasks are. */
  readonly folder: string;
  /** Something about it changed. */
  readonly onChange: () => void;
}

/** One target of a load balancer that a task is. */
interface RegisteredTarget {
  readonly group: string;
  readonly target: Target;
}

const MARK = 'PUBSUB_TASK';

/** One run of a task definition: its containers from their start to their end. */
export class Task implements TaskView {
  readonly id = randomBytes(16).toString('hex');
  readonly arn: string;
  readonly deploymentId: string;
  readonly definitionArn: string;
  readonly cpu: string;
  readonly memory: string;
  readonly createdAt: number;
  readonly ended: Promise<void>;
  containers: readonly Container[] = [];
  startedAt = 0;
  stoppingAt = 0;
  stoppedAt = 0;
  stopCode: TaskStopCode | undefined;
  stoppedReason = '';
  /** Whether its end was asked for. */
  isAsked = false;
  /** Whether what its end means has been dealt with. */
  isSettled = false;
  readonly #options: TaskOptions;
  readonly #targets: RegisteredTarget[] = [];
  #end: () => void = () => undefined;

  constructor(options: TaskOptions) {
    const { service, definition, deploymentId, state } = options;
    this.#options = options;
    const cluster = service.clusterArn.split('/')[1] ?? '';
    this.arn = `arn:aws:ecs:${service.region}:${service.account}:task/${cluster}/${this.id}`;
    this.deploymentId = deploymentId;
    this.definitionArn = definition.arn;
    this.cpu = definition.input.cpu ?? '';
    this.memory = definition.input.memory ?? '';
    this.createdAt = state.parts.clock.timestamp();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get lastStatus(): TaskView['lastStatus'] {
    if (this.stoppedAt !== 0) return 'STOPPED';
    if (this.stoppingAt !== 0) return 'STOPPING';
    return this.startedAt === 0 ? 'PENDING' : 'RUNNING';
  }

  get desiredStatus(): TaskView['desiredStatus'] {
    return this.stoppingAt === 0 && this.stoppedAt === 0 ? 'RUNNING' : 'STOPPED';
  }

  /** Whether it is neither over nor on its way there. */
  get isLive(): boolean {
    return this.desiredStatus === 'RUNNING';
  }

  /** Whether it does what it is there for: its containers are well, and load balancers send requests to it. */
  get isSteady(): boolean {
    return (
      this.lastStatus === 'RUNNING' &&
      this.containers.every(({ isSteady }) => isSteady) &&
      this.#targetHealths().every((health) => health === 'healthy')
    );
  }

  /** Why it has to be replaced although it runs; undefined where it hasn't. */
  get illness(): string | undefined {
    if (!this.isLive) return undefined;
    if (this.containers.some(({ health, essential }) => essential && health === 'UNHEALTHY')) {
      return 'Task failed container health checks';
    }
    const sick = this.#targets.find(
      ({ group, target }) => this.#healthOf(group, target) === 'unhealthy',
    );
    if (sick === undefined || this.#inGracePeriod()) return undefined;
    return `Task failed ELB health checks in (target-group ${sick.group})`;
  }

  /** Starts its containers. What keeps it from that is told by its end. */
  async start(): Promise<void> {
    const { state, definition } = this.#options;
    try {
      const containers = definition.input.containerDefinitions ?? [];
      const prepared = [];
      for (const container of containers) prepared.push(await this.#prepare(container));
      // The keys have to be known before a process comes with them, also after the engine was killed.
      if (state.parts.journal.pending) await state.parts.journal.committed();
      if (!this.isLive) return this.#finish();
      // Those that started are known when the next one can't be.
      for (const each of prepared) this.containers = [...this.containers, startContainer(each)];
    } catch (error) {
      this.#failToStart(error);
      return;
    }
    this.startedAt = state.parts.clock.timestamp();
    this.#register();
    for (const { ended, essential, name } of this.containers) {
      void ended.then(() => this.#containerEnded(essential, name));
    }
    this.#finishAfterContainers();
  }

  /** Ends it: no more requests, then SIGTERM, then SIGKILL. @param graceMs until that; each container's own unless given. */
  stop(reason: string, code: TaskStopCode, graceMs?: number): void {
    if (!this.isLive) {
      if (graceMs !== undefined) for (const container of this.containers) container.stop(graceMs);
      return;
    }
    this.isAsked = true;
    this.stoppedReason = reason;
    this.stopCode = code;
    this.stoppingAt = this.#options.state.parts.clock.timestamp();
    if (this.startedAt === 0) return;
    const drained = graceMs === undefined ? this.#deregister() : Promise.resolve();
    void drained.then(() => {
      for (const container of this.containers) container.stop(graceMs);
    });
  }

  async #prepare(container: ContainerDefinition) {
    const { state, service, definition, folder, onChange } = this.#options;
    const inside = (container.portMappings ?? []).map(({ containerPort = 0 }) => containerPort);
    const outside = await freePorts(inside.length);
    const ports = new Map(inside.map((port, at) => [port, outside[at] ?? 0]));
    const own = hasOwnDatabase(container) ? join(folder, 'data') : join(folder, this.id);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const at = { taskId: this.id, folder: own, ports };
    const value = `${this.id}/${container.name}`;
    return {
      container,
      mark: `${MARK}=${value}`,
      // Its health checks have it too, and end with it.
      env: { ...containerEnvironment(state, definition, container, at), [MARK]: value },
      folder: own,
      ports,
      watchdog: state.host.watchdog,
      onLine: logWriter(state, service.account, container, this.id),
      onChange,
    };
  }

  #register(): void {
    const { service, state } = this.#options;
    for (const { targetGroupArn: group, containerName, containerPort } of service.settings
      .loadBalancers ?? []) {
      const container = this.containers.find(({ name }) => name === containerName);
      const port = container?.ports.get(containerPort ?? 0);
      if (group === undefined || port === undefined) continue;
      const target = { host: '127.0.0.1', port };
      state.targets.register(group, target);
      this.#targets.push({ group, target });
    }
  }

  async #deregister(): Promise<void> {
    const { targets } = this.#options.state;
    await Promise.all(this.#targets.map(({ group, target }) => targets.deregister(group, target)));
  }

  #healthOf(group: string, target: Target): TargetHealth | undefined {
    return this.#options.state.targets.healthOf(group, target);
  }

  #targetHealths(): (TargetHealth | undefined)[] {
    return this.#targets.map(({ group, target }) => this.#healthOf(group, target));
  }

  #inGracePeriod(): boolean {
    const { service, state } = this.#options;
    const graceMs = (service.settings.healthCheckGracePeriodSeconds ?? 0) * 1000;
    return state.parts.clock.timestamp() < this.startedAt + graceMs;
  }

  #containerEnded(essential: boolean, name: string): void {
    if (!essential || !this.isLive) return;
    this.stoppedReason = 'Essential container in task exited';
    this.stopCode = 'EssentialContainerExited';
    this.stoppingAt = this.#options.state.parts.clock.timestamp();
    void this.#deregister();
    for (const container of this.containers) if (container.name !== name) container.stop();
    this.#options.onChange();
  }

  #failToStart(error: unknown): void {
    const isKnown = error instanceof SecretMissing || error instanceof LogGroupMissing;
    const message = error instanceof Error ? error.message : String(error);
    this.stopCode = 'TaskFailedToStart';
    this.stoppedReason = isKnown
      ? `ResourceInitializationError: ${message}`
      : `CannotStartContainerError: ${message}`;
    if (this.stoppingAt === 0) this.stoppingAt = this.#options.state.parts.clock.timestamp();
    for (const container of this.containers) container.stop(0);
    this.#finishAfterContainers();
  }

  #finishAfterContainers(): void {
    void Promise.all(this.containers.map(({ ended }) => ended)).then(() => this.#finish());
  }

  #finish(): void {
    const { state, folder, onChange } = this.#options;
    this.stoppedAt = state.parts.clock.timestamp();
    if (this.stoppingAt === 0) this.stoppingAt = this.stoppedAt;
    removeFolder(join(folder, this.id));
    this.#end();
    onChange();
  }
}

/** Why a task ended, in one line: its reason, the exit code of the container that did, and what that said last. */
export function endOf({ stoppedReason, containers }: Task): string {
  const ended = containers.find(({ essential, exitCode }) => essential && exitCode !== undefined);
  if (ended === undefined) {
    const reason = containers.find(({ reason }) => reason !== undefined)?.reason;
    return reason ?? stoppedReason;
  }
  const { name, exitCode, lastLines } = ended;
  const said = lastLines === '' ? '' : `: ${lastLines}`;
  return `${stoppedReason} (container ${name}, exit code ${exitCode}${said})`;
}
