import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import type { Stack } from '../aws/stacks.ts';
import { createLatencyHistogram, type LatencyHistogram } from '../bench/latency-histogram.ts';
import { interrupted } from '../deploy/follow-stack.ts';
import { localParameters } from '../deploy/local-parameters.ts';
import { planStack } from '../deploy/plan-stack.ts';
import { runPlan } from '../deploy/run-stack.ts';
import { outputsOf } from '../deploy/stack-outputs.ts';
import { stagingFolder } from '../deploy/stage-code.ts';
import type { Deployment } from '../deploy/template.ts';
import { type StartedProcesses, startedProcesses } from '../process/started-processes.ts';
import { AppError } from '../rules/errors.ts';
import type { MessageEvent } from '../rules/message-trace.ts';
import type { OrderCounts } from './comparison.ts';
import { DeliveryCount } from './delivery-count.ts';
import { orderSender, type SendOrder } from './order-sender.ts';

/** Orders that are posted at once. */
export const ORDERS_AT_ONCE = 4;
/** Milliseconds without any progress after which what is missing counts as lost. */
const PATIENCE_MS = 60_000;
/** Milliseconds between two looks at how far it is. */
const POLL_MS = 20;
const INTERRUPTED = 'Interrupted; what was deployed to compare is removed.';

/** An engine that nothing else uses. */
export interface OwnEngine {
  readonly aws: Aws;
  readonly pid: number;
  readonly stateDir: string;
  /** What happens to each message, until `signal` aborts. @param onOpen called once from where on nothing is missed. */
  events(signal: AbortSignal, onOpen: () => void): AsyncIterable<MessageEvent>;
}

/** How a style is measured. */
export interface MeasureOptions {
  readonly engine: OwnEngine;
  /** For the local engine. */
  readonly deployment: Deployment;
  /** From 2. */
  readonly orders: number;
  readonly stop: AbortSignal;
  readonly onDeployed: (seconds: number) => void;
  /** Told from time to time how many orders were accepted, and how many messages handled. */
  readonly onProgress: (accepted: number, handled: number) => void;
}

/** What was measured of a style. */
export interface MeasuredStyle {
  readonly deploySeconds: number;
  /** Before the first order; undefined where the system doesn't tell. */
  readonly idle: StartedProcesses | undefined;
  /** Once all orders were posted. */
  readonly busy: StartedProcesses | undefined;
  /** Of the first order; undefined where it was refused. */
  readonly firstRequestMs: number | undefined;
  /** From the first post until each subscriber handled it; undefined where none did. */
  readonly firstHandledMs: number | undefined;
  /** Of the other requests, those that were accepted. */
  readonly latencies: LatencyHistogram;
  /** Of the other orders, from their first post until all are handled; undefined where nothing handles them. */
  readonly handledPerSecond: number | undefined;
  readonly orders: OrderCounts;
  /** Why an order was refused first; undefined where none was. */
  readonly refusal: string | undefined;
}

/**
 * Deploys a style on an engine of its own and sends orders: one alone, then the others, several at once.
 * @throws AppError where it can't be deployed, or the engine ends; `Interrupted` (exit 130).
 */
export async function measureStyle(options: MeasureOptions): Promise<MeasuredStyle> {
  const { engine, deployment, stop } = options;
  const began = performance.now();
  const stack = await deployOn(options);
  const deploySeconds = (performance.now() - began) / 1000;
  options.onDeployed(deploySeconds);
  const idle = startedProcesses(engine.pid);
  const end = new AbortController();
  const count = new DeliveryCount(deployment.topology, deployment.unhandled);
  const following = await follow(engine, count, end.signal);
  try {
    const send = orderSender(engine.aws, deployment.topology, outputsOf(stack));
    const run = new OrderRun(options, count, following.assertAlive, send);
    const firstAt = Date.now();
    const firstRequestMs = await run.post(1);
    await run.untilHandled();
    const firstHandledMs = since(firstAt, count.lastHandledAt);
    const restAt = Date.now();
    const before = count.handled;
    const firstAccepted = run.accepted;
    await run.postRest();
    const busy = startedProcesses(engine.pid);
    await run.untilHandled();
    if (stop.aborted) throw interrupted(INTERRUPTED);
    const ms = count.handled > before ? since(restAt, count.lastHandledAt) : undefined;
    return {
      ...{ deploySeconds, idle, busy, firstRequestMs, firstHandledMs },
      latencies: run.latencies,
      handledPerSecond: ms && ((run.accepted - firstAccepted) * 1000) / ms,
      orders: run.counts(),
      refusal: run.refusal,
    };
  } finally {
    end.abort();
    await following.ended;
  }
}

async function deployOn({ engine, deployment, stop }: MeasureOptions): Promise<Stack> {
  const { aws, stateDir } = engine;
  const { all } = localParameters(deployment, stagingFolder(stateDir, deployment.name));
  const plan = await planStack(aws, deployment, all, undefined);
  return runPlan(aws, plan, { stop, onEvent: () => undefined }, 'pubsub deploy compare').catch(
    (error: unknown) => {
      if (stop.aborted) throw interrupted(INTERRUPTED);
      if (!(error instanceof AppError)) throw error;
      const { code, message } = error;
      throw new AppError({
        code,
        message: `${deployment.style} can't be deployed. ${message}`,
        hint: 'To compare without deploying: pubsub deploy compare --computed',
        cause: error,
      });
    },
  );
}

/** Counts what happens to messages, from when this resolves on. */
async function follow(engine: OwnEngine, count: DeliveryCount, signal: AbortSignal) {
  let failure: unknown;
  let isOver = false;
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((opened) => {
    const read = async (): Promise<void> => {
      for await (const event of engine.events(signal, opened)) count.add(event);
    };
    ended = read()
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => {
        isOver = true;
        opened();
      });
  });
  const assertAlive = (): void => {
    if (!isOver) return;
    throw (
      failure ??
      new AppError({ code: 'EngineGone', message: 'The engine of the comparison ended meanwhile.' })
    );
  };
  return { ended, assertAlive };
}

/** Posts orders, and waits until they are handled. */
class OrderRun {
  readonly latencies = createLatencyHistogram();
  accepted = 0;
  refusal: string | undefined;
  #posted = 0;
  readonly #options: MeasureOptions;
  readonly #count: DeliveryCount;
  readonly #assertAlive: () => void;
  readonly #send: SendOrder;

  constructor(
    options: MeasureOptions,
    count: DeliveryCount,
    assertAlive: () => void,
    send: SendOrder,
  ) {
    this.#options = options;
    this.#count = count;
    this.#assertAlive = assertAlive;
    this.#send = send;
  }

  /** @returns milliseconds that it took; undefined where the order was refused. */
  async post(number: number): Promise<number | undefined> {
    this.#posted++;
    const began = performance.now();
    try {
      await this.#send(number);
      this.accepted++;
      return performance.now() - began;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.refusal ??= error.message;
      return undefined;
    }
  }

  async postRest(): Promise<void> {
    const { orders, stop, onProgress } = this.#options;
    let next = 2;
    const worker = async (): Promise<void> => {
      while (next <= orders && !stop.aborted) {
        const ms = await this.post(next++);
        if (ms !== undefined) this.latencies.add(ms);
        onProgress(this.accepted, this.#count.handled);
      }
    };
    await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, worker));
    if (stop.aborted) throw interrupted(INTERRUPTED);
  }

  /** Waits until what was accepted is handled, or nothing comes any more. @throws AppError `Interrupted`. */
  async untilHandled(): Promise<void> {
    const { stop, onProgress } = this.#options;
    let seen = -1;
    let changedAt = performance.now();
    while (!this.#count.isComplete(this.accepted)) {
      if (stop.aborted) throw interrupted(INTERRUPTED);
      this.#assertAlive();
      const { progress } = this.#count;
      if (progress !== seen) {
        seen = progress;
        changedAt = performance.now();
        onProgress(this.accepted, this.#count.handled);
      }
      if (performance.now() - changedAt > PATIENCE_MS) return;
      await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  counts(): OrderCounts {
    const { published, deliveries, handled, deadLettered } = this.#count;
    const { accepted } = this;
    const missing = this.#count.missing(accepted);
    return {
      ...{ posted: this.#posted, accepted, published, deliveries, handled, deadLettered, missing },
    };
  }
}

function since(start: number, end: number | undefined): number | undefined {
  return end === undefined ? undefined : Math.max(1, end - start);
}
