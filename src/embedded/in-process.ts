import { clientEnvironment } from '../lib/engine/background/client-environment.ts';
import { clockOf, parseAdvance } from '../lib/engine/control/clock-control.ts';
import { everyMessage, everyPublished } from '../lib/engine/control/messages.ts';
import { findQueue, findTopic } from '../lib/engine/control/queue-named.ts';
import { byPolicy, parseCount, waitForMessages } from '../lib/engine/control/wait.ts';
import type { RunningEngine } from '../lib/engine/http/server.ts';
import { wayOf } from '../lib/engine/observe/message-way.ts';
import { AppError } from '../lib/rules/errors.ts';
import type { Faults } from '../lib/rules/faults.ts';
import { checkArgument, checkOptions, type OptionRules, RULES } from '../library/check-options.ts';
import { checkSeed, readFaults } from './check-engine-options.ts';
import type { TestEngine, WaitOptions } from './options.ts';
import type { EngineAccess } from './set-up.ts';

/** What begins anew with each reset, and ends it. */
interface Life {
  begin(): Promise<void>;
  stop(): Promise<void>;
}

/** An engine of this process, as tests hold it. */
export class InProcess implements TestEngine {
  readonly endpoint: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly #running: RunningEngine;
  readonly #access: EngineAccess;
  readonly #life: Life;
  readonly #stopping = new AbortController();

  constructor(running: RunningEngine, access: EngineAccess, life: Life) {
    this.#running = running;
    this.#access = access;
    this.#life = life;
    this.endpoint = running.endpoint;
    this.port = running.port;
    this.env = clientEnvironment(running.endpoint, access.region, access.token);
  }

  async setUp(topology: Parameters<TestEngine['setUp']>[0]) {
    if (typeof topology !== 'string') {
      checkArgument('topology', 'setUp', topology, RULES.topology);
    }
    const { setUpOn } = await import('./set-up.ts');
    return setUpOn(this.#access, topology);
  }

  async reset(): Promise<void> {
    await this.#running.engine.reset();
    await this.#life.begin();
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

  async waitFor(queue: string, options: WaitOptions = {}) {
    checkOptions('waitFor', options, WAIT_RULES);
    const { count, where, timeout } = options;
    return waitForMessages(this.#running.engine, queue, {
      ...(count === undefined ? {} : { count: parseCount(String(count)) }),
      ...(where === undefined
        ? {}
        : { where: typeof where === 'function' ? where : byPolicy(JSON.stringify(where)) }),
      ...(timeout === undefined ? {} : { timeout: parseAdvance(timeout) }),
      signal: this.#stopping.signal,
    });
  }

  faults(faults?: string | Partial<Faults>, options: { readonly seed?: number } = {}): void {
    checkOptions('faults', options, { seed: RULES.any });
    const { seed = 0 } = options;
    this.#running.faults.set(readFaults(faults), checkSeed(seed));
  }

  stop(): Promise<void> {
    this.#stopping.abort(
      new AppError({ code: 'EngineStopped', message: 'The engine was stopped meanwhile.' }),
    );
    return this.#life.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Names alone: values are checked where they are read. */
const WAIT_RULES: OptionRules<WaitOptions> = {
  count: RULES.any,
  where: RULES.any,
  timeout: RULES.any,
};

function notFound(kind: 'queue' | 'topic', wanted: string, there: Iterable<string>): AppError {
  const known = [...there];
  return new AppError({
    code: kind === 'queue' ? 'QueueNotFound' : 'TopicNotFound',
    message: `There is no ${kind} ${wanted} on the engine.`,
    hint: known.length === 0 ? `There is none at all.` : `There are: ${known.join(', ')}`,
  });
}
