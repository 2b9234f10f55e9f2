import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../remove-folder.ts';
import type { Deployment, EcsState, Service } from '../state.ts';
import { countsOf, withPrimary } from './deployments.ts';
import type { Runner, ServiceEventView } from './runner.ts';
import { endOf, Task } from './task.ts';

/** How often what only time changes is looked at, in milliseconds, and when nothing is under way. */
const TICK_MS = 200;
const CALM_TICK_MS = 2_000;
/** What a task that ended by itself holds the next start up, in milliseconds: twice as long each time. */
const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;
/** A task that lived so long ended for another reason than those before, in milliseconds. */
const LONG_LIFE_MS = 60_000;
/** Events and ended tasks that are kept; AWS keeps 100 events. */
const MAX_EVENTS = 100;
const MAX_ENDED = 20;
/** "a minimum of 3 and a maximum of 200", half of the desired count between (deployment circuit breaker). */
const BREAKER = { least: 3, most: 200, part: 0.5 } as const;

/** Keeps the tasks of a service running, and rolls new task definitions out. */
export class ServiceRunner implements Runner {
  readonly events: ServiceEventView[] = [];
  readonly #state: EcsState;
  readonly #arn: string;
  readonly #folder: string;
  readonly #isFolderKept: boolean;
  #tasks: Task[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failuresInRow = 0;
  #startAfter = 0;
  #isClosed = false;
  #isReconciling = false;

  constructor(state: EcsState, service: Service) {
    this.#state = state;
    this.#arn = service.arn;
    const { stateDir } = state.parts.options;
    const [, cluster = '', name = ''] = service.arn.split('/');
    this.#isFolderKept = stateDir !== undefined;
    this.#folder =
      stateDir === undefined
        ? mkdtempSync(join(tmpdir(), 'pubsub-service-'))
        : join(stateDir, 'ecs', service.account, service.region, cluster, name);
  }

  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  reconcile(): void {
    // What it changes calls it again.
    if (this.#isClosed || this.#isReconciling) return;
    this.#isReconciling = true;
    try {
      this.#replaceSick();
      this.#settleEnded();
      this.#roll();
    } finally {
      this.#isReconciling = false;
    }
    this.#tickLater();
  }

  stopTask(id: string, reason: string): boolean {
    const task = this.#tasks.find((each) => each.id === id);
    task?.stop(reason === '' ? 'Task stopped by user' : reason, 'UserInitiated');
    this.reconcile();
    return task !== undefined;
  }

  async close(reason: string, graceMs?: number): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const task of this.#tasks) task.stop(reason, 'ServiceSchedulerInitiated', graceMs);
    await Promise.all(this.#tasks.map(({ ended }) => ended));
    if (!this.#isFolderKept) removeFolder(this.#folder);
  }

  get #service(): Service | undefined {
    return this.#state.services.get(this.#arn);
  }

  #tickLater(): void {
    clearTimeout(this.#timer);
    const service = this.#service;
    if (this.#isClosed || service === undefined) return;
    const steady = this.#tasks.filter(({ isSteady }) => isSteady).length;
    const isCalm =
      service.deployments.length === 1 &&
      service.deployments[0]?.rolloutState !== 'IN_PROGRESS' &&
      this.#tasks.every(({ isLive, stoppedAt }) => isLive || stoppedAt !== 0) &&
      steady >= service.desiredCount;
    const wait = isCalm ? CALM_TICK_MS : TICK_MS;
    this.#timer = setTimeout(() => this.reconcile(), wait).unref();
  }

  /** Ends tasks that run and aren't well; their end counts as one that they came to themselves. */
  #replaceSick(): void {
    for (const task of this.#tasks) {
      const { illness } = task;
      if (illness === undefined) continue;
      task.stop(illness, 'ServiceSchedulerInitiated');
      task.isAsked = false;
      this.#tell(`(task ${task.id}) is unhealthy: ${illness}.`);
    }
  }

  /** Counts tasks that ended by themselves, and forgets those that ended long ago. */
  #settleEnded(): void {
    for (const task of this.#tasks) {
      if (task.stoppedAt === 0 || task.isSettled) continue;
      task.isSettled = true;
      if (!task.isAsked) this.#failed(task);
    }
    const ended = this.#tasks.filter(({ stoppedAt }) => stoppedAt !== 0);
    const old = ended.slice(0, Math.max(0, ended.length - MAX_ENDED));
    if (old.length > 0) this.#tasks = this.#tasks.filter((task) => !old.includes(task));
  }

  #failed(task: Task): void {
    const { clock } = this.#state.parts;
    this.#tell(`(task ${task.id}) stopped: ${endOf(task)}.`);
    const livedMs = task.stoppedAt - task.startedAt;
    const isNews = task.startedAt !== 0 && livedMs >= LONG_LIFE_MS;
    this.#failuresInRow = isNews ? 1 : this.#failuresInRow + 1;
    const delay = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (this.#failuresInRow - 1));
    this.#startAfter = performance.now() + delay;
    const service = this.#service;
    const [primary] = service?.deployments ?? [];
    if (service === undefined || primary === undefined) return;
    if (task.deploymentId !== primary.id || primary.rolloutState !== 'IN_PROGRESS') return;
    const failedTasks = primary.failedTasks + 1;
    const now = clock.timestamp();
    const counted = withPrimary(service, { ...primary, failedTasks, updatedAt: now });
    this.#store(counted);
    this.#breakCircuit(counted, endOf(task));
  }

  /** Gives a deployment up whose tasks fail, where the service has a circuit breaker. */
  #breakCircuit(service: Service, cause: string): void {
    const { deploymentCircuitBreaker: breaker } = service.settings.deploymentConfiguration ?? {};
    const [primary] = service.deployments;
    if (breaker?.enable !== true || primary === undefined) return;
    const threshold = Math.ceil(service.desiredCount * BREAKER.part);
    const most = Math.min(BREAKER.most, Math.max(BREAKER.least, threshold));
    if (primary.failedTasks < most) return;
    const why = `tasks failed to start: ${cause}`;
    const rolloutStateReason = `ECS deployment circuit breaker: ${why}`;
    const failed = { ...primary, rolloutState: 'FAILED' as const, rolloutStateReason };
    this.#tell(`(deployment ${primary.id}) deployment failed: ${why}.`);
    const { completed } = service;
    if (breaker.rollback !== true || completed === null || completed.id === primary.id) {
      this.#store(withPrimary(service, failed));
      return;
    }
    const back: Deployment = {
      ...completed,
      updatedAt: this.#state.parts.clock.timestamp(),
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${completed.id}: ${why}`,
      failedTasks: 0,
    };
    const others = service.deployments.slice(1).filter(({ id }) => id !== back.id);
    this.#tell(`rolling back to deployment ${back.id}.`);
    this.#failuresInRow = 0;
    this.#startAfter = 0;
    this.#store({ ...service, deployments: [back, failed, ...others] });
  }

  /** Starts and ends tasks until all are of the newest deployment, within the bounds that the service sets. */
  #roll(): void {
    const service = this.#service;
    const [primary] = service?.deployments ?? [];
    if (service === undefined || primary === undefined) return;
    if (service.status !== 'ACTIVE') {
      this.#drain(service);
      return;
    }
    const { desired, least, most } = countsOf(this.#state, service);
    const live = this.#tasks.filter(({ isLive }) => isLive);
    const running = this.#tasks.filter(({ stoppedAt }) => stoppedAt === 0);
    const mine = live.filter(({ deploymentId }) => deploymentId === primary.id);
    const others = live.filter(({ deploymentId }) => deploymentId !== primary.id);
    for (const task of mine.slice(desired)) this.#end(task);
    const wanted =
      primary.rolloutState === 'FAILED' || performance.now() < this.#startAfter
        ? 0
        : Math.min(desired - mine.length, most - running.length);
    for (let count = 0; count < wanted; count += 1) this.#start(service, primary);
    const steady = mine.filter(({ isSteady }) => isSteady).length;
    // Those that aren't well are no loss.
    const well = others.filter(
      ({ lastStatus, illness }) => lastStatus === 'RUNNING' && illness === undefined,
    );
    const spare = primary.rolloutState === 'FAILED' ? 0 : Math.max(0, steady + well.length - least);
    const surplus = [...others.filter((task) => !well.includes(task)), ...well.slice(0, spare)];
    if (primary.rolloutState !== 'FAILED') for (const task of surplus) this.#end(task);
    const isOver = steady >= desired && running.length === mine.length;
    if (isOver && mine.length === desired) this.#complete(service);
  }

  #complete(service: Service): void {
    const [primary] = service.deployments;
    if (primary === undefined) return;
    if (primary.rolloutState !== 'IN_PROGRESS' && service.deployments.length === 1) return;
    const isBack = primary.rolloutStateReason.startsWith('ECS deployment circuit breaker');
    const done: Deployment = {
      ...primary,
      updatedAt: this.#state.parts.clock.timestamp(),
      rolloutState: 'COMPLETED',
      ...(isBack ? {} : { rolloutStateReason: `ECS deployment ${primary.id} completed.` }),
    };
    this.#store({ ...service, deployments: [done], completed: done });
    this.#tell('has reached a steady state.');
  }

  /** The service is deleted: when the last task has ended, nothing is left of it. */
  #drain(service: Service): void {
    for (const task of this.#tasks) this.#end(task);
    if (this.#tasks.some(({ stoppedAt }) => stoppedAt === 0)) return;
    this.#isClosed = true;
    this.#state.runners.delete(this.#arn);
    this.#state.services.drop(service);
    removeFolder(this.#folder);
  }

  #start(service: Service, { id, taskDefinition }: Service['deployments'][number]): void {
    const { taskDefinitions } = this.#state;
    const definition = taskDefinitions.get(taskDefinition);
    if (definition === undefined) return;
    const task = new Task({
      state: this.#state,
      service,
      definition,
      deploymentId: id,
      folder: this.#folder,
      onChange: () => this.reconcile(),
    });
    this.#tasks.push(task);
    this.#tell(`has started 1 tasks: (task ${task.id}).`);
    void task.start();
  }

  #end(task: Task): void {
    if (!task.isLive) return;
    task.stop(
      `Scaling activity initiated by (deployment ${task.deploymentId})`,
      'ServiceSchedulerInitiated',
    );
    this.#tell(`has stopped 1 running tasks: (task ${task.id}).`);
  }

  #store(service: Service): void {
    this.#state.services.store(service);
  }

  #tell(message: string): void {
    const name = this.#arn.split('/').pop();
    const at = this.#state.parts.clock.timestamp();
    this.events.unshift({ id: randomUUID(), at, message: `(service ${name}) ${message}` });
    this.events.length = Math.min(this.events.length, MAX_EVENTS);
  }
}
