import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '../../../aws/backoff.ts';
import { databaseProblem } from '../../../database/database-problem.ts';
import { createAlarm } from '../../../outbox/relay-pace.ts';
import type { ServiceLog } from '../../service/log.ts';
import { describeRequest, withRequest } from '../../service/request-context.ts';
import { isEnded, type Saga } from './saga.ts';
import { findSaga } from './saga-rows.ts';
import { runStep, type StepContext } from './saga-run.ts';
import { claimSagas, freeSaga } from './saga-store.ts';

/** Sagas that a runner works on at once, besides those that it is given. */
const MOST_AT_ONCE = 16;
/** Milliseconds between looks for sagas that others left behind. */
const POLL_MS = 1_000;
/** Milliseconds between attempts to reach a database that is away. */
const DATABASE_BACKOFF = { first: 100, most: 2_000 };

export interface SagaRunnerOptions extends StepContext {
  readonly log: ServiceLog;
  /** Told after each commit that put an event into the outbox. */
  readonly onEvent: () => void;
}

/** Works on sagas until it is stopped: those that it is given, and those that are due or were left behind. */
export interface SagaRunner {
  /** Begins to look for sagas that are due or were left behind. */
  start(): void;
  /** Goes on with a saga that the caller holds the lease of. */
  adopt(saga: Saga): void;
  /** Says that a saga is due. */
  wake(): void;
  /**
   * Waits until a saga that this runner works on ends.
   * @param ms milliseconds at the most. @returns the saga; undefined where it hasn't ended here by then
   */
  ended(id: string, ms: number): Promise<Saga | undefined>;
  /** Takes up no more, and resolves when the steps in hand are written down. */
  stop(): Promise<void>;
}

/**
 * Creates a runner. Each saga is claimed under a lease, and each step is written down before the next begins: killed at
 * any moment, it leaves behind nothing that another runner doesn't take up once the lease is over. Several may work on
 * one database.
 */
export function createSagaRunner(options: SagaRunnerOptions): SagaRunner {
  return new RunningSagas(options);
}

class RunningSagas implements SagaRunner {
  private readonly options: SagaRunnerOptions;
  private readonly alarm = createAlarm();
  private readonly stopping = new AbortController();
  /** How many of those in hand it took by itself. */
  private claimed = 0;
  private readonly working = new Set<Promise<void>>();
  private readonly waiting = new Map<string, Set<(saga: Saga) => void>>();
  private claiming: Promise<void> | undefined;

  constructor(options: SagaRunnerOptions) {
    this.options = options;
  }

  start(): void {
    this.claiming ??= this.claimAll();
  }

  adopt(saga: Saga, isClaimed = false): void {
    if (isClaimed) this.claimed++;
    const { traceparent, id } = saga;
    // It goes on when its request is answered, and belongs to its trace.
    const context = describeRequest(id, {}, traceparent ?? undefined);
    const work = withRequest(context, () => this.work(saga)).finally(() => {
      this.working.delete(work);
      if (isClaimed) this.claimed--;
      this.alarm.ring();
    });
    this.working.add(work);
  }

  wake(): void {
    this.alarm.ring();
  }

  ended(id: string, ms: number): Promise<Saga | undefined> {
    return new Promise((resolve) => {
      const listeners = this.waiting.get(id) ?? new Set();
      const end = (saga?: Saga): void => {
        clearTimeout(timer);
        listeners.delete(end);
        if (listeners.size === 0) this.waiting.delete(id);
        resolve(saga);
      };
      const timer = setTimeout(end, ms);
      listeners.add(end);
      this.waiting.set(id, listeners);
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.claiming;
    await Promise.all(this.working);
  }

  private async claimAll(): Promise<void> {
    const { database, leaseSeconds, log } = this.options;
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      this.alarm.reset();
      try {
        const room = MOST_AT_ONCE - this.claimed;
        const claimed = room > 0 ? await claimSagas(database, room, leaseSeconds) : [];
        for (const saga of claimed) this.adopt(saga, true);
        failures = 0;
      } catch (error) {
        if (failures++ === 0) log.warn('sagas can not be read', { reason: databaseProblem(error) });
      }
      await this.alarm.wait(POLL_MS, signal);
    }
  }

  /** Goes on with a saga until it ends, waits, or is another's. */
  private async work(saga: Saga): Promise<void> {
    for (let now: Saga | undefined = saga; now !== undefined; ) {
      const before: Saga = now;
      now = await this.step(before);
      if (now === undefined) return;
      if (now.orderId !== null && (before.orderId === null || before.step === 'cancel')) {
        this.options.onEvent();
      }
      if (isEnded(now)) return this.tell(now);
      if (now.attempts > 0) return this.wakeWhenDue(now);
      if (this.stopping.signal.aborted) return this.letGo(now);
    }
  }

  /** Lets another process go on at once. */
  private async letGo(saga: Saga): Promise<void> {
    // What fails costs the time of the lease.
    await freeSaga(this.options.database, saga).catch(() => {});
  }

  /**
   * Makes an attempt at a step. Where the database is away, it makes it again for as long as the lease holds: what was
   * written down meanwhile shows then.
   */
  private async step(saga: Saga): Promise<Saga | undefined> {
    const { database, leaseSeconds, log } = this.options;
    const until = performance.now() + leaseSeconds * 1000;
    for (let failures = 0; ; ) {
      try {
        if (failures > 0) {
          const found = await findSaga(database, saga.id);
          if (found?.lease !== saga.lease) return undefined;
          if (found.step !== saga.step || found.state !== saga.state) return found;
        }
        return await runStep(this.options, saga);
      } catch (error) {
        if (failures++ === 0) {
          log.warn('a saga can not be written', { saga: saga.id, reason: databaseProblem(error) });
        }
        if (performance.now() >= until || this.stopping.signal.aborted) return undefined;
        await sleep(backoffDelay(DATABASE_BACKOFF, failures));
      }
    }
  }

  private tell(saga: Saga): void {
    const { log } = this.options;
    const { id, state, reason, lastError } = saga;
    if (state === 'compensation_failed') {
      log.error('a saga could not be undone', { saga: id, step: saga.step, reason: lastError });
    } else {
      log.info('saga ended', { saga: id, state, reason });
    }
    for (const tell of this.waiting.get(id) ?? []) tell(saga);
  }

  /** Wakes when the next attempt is due; another may make it as well. */
  private wakeWhenDue({ attempts }: Saga): void {
    const timer = setTimeout(() => this.alarm.ring(), this.options.rules.delayMs(attempts));
    timer.unref();
  }
}
