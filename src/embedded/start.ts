import { clockOf, parseAdvance } from '../lib/engine/control/clock-control.ts';
import { everyMessage, everyPublished } from '../lib/engine/control/messages.ts';
import { findQueue, findTopic } from '../lib/engine/control/queue-named.ts';
import { byPolicy, waitForMessages } from '../lib/engine/control/wait.ts';
import { type RunningEngine, startEngine as serve } from '../lib/engine/http/server.ts';
import { wayOf } from '../lib/engine/observe/message-way.ts';
import { AppError, usageError } from '../lib/rules/errors.ts';
import { type Faults, NO_FAULTS, parseFaults } from '../lib/rules/faults.ts';
import { parseIdentity } from '../lib/rules/identities.ts';
import type { EngineOptions, TestEngine, WaitOptions } from './options.ts';

const DEFAULT_REGION = 'us-east-1';

/**
 * Starts an engine in this process: SNS, SQS, STS and KMS on a port of 127.0.0.1. Several may run at once.
 *
 * @throws the socket's error (`EADDRINUSE`), or AppError when the state folder can't be used, and `InvalidIdentity`
 */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const { port = 0, stateDir, now, waits = false, seed = 0, region = DEFAULT_REGION } = options;
  const running = await serve({
    port,
    ...(stateDir === undefined ? {} : { stateDir }),
    strictTimings: waits,
    frozen: options.clock === 'frozen',
    ...(now === undefined ? {} : { startAt: readTime(now) }),
    allowedHosts: options.allowHosts ?? [],
    identities: (options.identities ?? []).map(parseIdentity),
    // A defect of the engine has to be seen, and must not end the test's process.
    onBug: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
  });
  running.faults.set(readFaults(options.faults), seed);
  return new InProcess(running, region, () => running.faults.set(readFaults(options.faults), seed));
}

class InProcess implements TestEngine {
  readonly endpoint: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly #running: RunningEngine;
  readonly #region: string;
  readonly #resetFaults: () => void;

  constructor(running: RunningEngine, region: string, resetFaults: () => void) {
    this.#running = running;
    this.#region = region;
    this.#resetFaults = resetFaults;
    this.endpoint = running.endpoint;
    this.port = running.port;
    this.env = {
      AWS_ENDPOINT_URL: running.endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }

  async setUp(topology: Parameters<TestEngine['setUp']>[0]) {
    const { setUpOn } = await import('./set-up.ts');
    return setUpOn(this.endpoint, this.#region, topology);
  }

  async reset(): Promise<void> {
    this.#resetFaults();
    await this.#running.engine.reset();
  }

  async advance(by: string | number): Promise<Date> {
    await clockOf(this.#running.engine).advance(parseAdvance(by));
    return this.now();
  }

  now(): Date {
    return new Date(this.#running.engine.clock.timestamp());
  }

  freeze(frozen = true): void {
    const clock = clockOf(this.#running.engine);
    if (frozen) clock.freeze();
    else clock.run();
  }

  published(topic: string) {
    const { engine } = this.#running;
    const found = findTopic(engine.sns, topic);
    if (found === undefined) throw notFound('topic', topic, engine.sns.topics.keys());
    return everyPublished(engine, found.arn);
  }

  messages(queue: string) {
    const { engine } = this.#running;
    const found = findQueue(engine.sqs, queue);
    if (found !== undefined) return everyMessage(engine, found);
    const names = Array.from(engine.sqs.queues.values(), ({ name }) => name);
    throw notFound('queue', queue, names);
  }

  trace(messageId: string) {
    return wayOf(this.#running.engine.trace.log, messageId);
  }

  waitFor(queue: string, { count, where, timeout }: WaitOptions = {}) {
    return waitForMessages(this.#running.engine, queue, {
      ...(count === undefined ? {} : { count }),
      ...(where === undefined
        ? {}
        : { where: typeof where === 'function' ? where : byPolicy(JSON.stringify(where)) }),
      ...(timeout === undefined ? {} : { timeout: parseAdvance(timeout) }),
    });
  }

  faults(faults?: string | Partial<Faults>, { seed = 0 }: { readonly seed?: number } = {}): void {
    this.#running.faults.set(readFaults(faults), seed);
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function readFaults(faults: string | Partial<Faults> = ''): Faults {
  if (typeof faults !== 'string') return { ...NO_FAULTS, ...faults };
  return faults === '' ? NO_FAULTS : parseFaults(faults);
}

function readTime(time: Date | string | number): number {
  const ms = new Date(time).getTime();
  if (!Number.isNaN(ms)) return ms;
  throw usageError(
    `now must be a time, not ${JSON.stringify(time)}.`,
    "now: '2026-01-31T12:00:00Z'",
  );
}

function notFound(kind: 'queue' | 'topic', wanted: string, there: Iterable<string>): AppError {
  const known = [...there];
  return new AppError({
    code: kind === 'queue' ? 'QueueNotFound' : 'TopicNotFound',
    message: `There is no ${kind} ${wanted} on the engine.`,
    hint: known.length === 0 ? `There is none at all.` : `There are: ${known.join(', ')}`,
  });
}
