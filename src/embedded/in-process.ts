import { clientEnvironment } from '../lib/engine/background/client-environment.ts';
import { MAX_WAIT_COUNT } from '../lib/engine/background/wait-in-queue.ts';
import { clockOf, parseTime } from '../lib/engine/control/clock-control.ts';
import { everyMessage, everyPublished } from '../lib/engine/control/messages.ts';
import { findQueue, findTopic } from '../lib/engine/control/queue-named.ts';
import { byPolicy, waitForMessages } from '../lib/engine/control/wait.ts';
import type { RunningEngine } from '../lib/engine/http/server.ts';
import { wayOf } from '../lib/engine/observe/message-way.ts';
import { AppError, usageError } from '../lib/rules/errors.ts';
import type { Faults } from '../lib/rules/faults.ts';
import {
  checkArgument,
  checkOptions,
  type OptionRule,
  type OptionRules,
  RULES,
  wholeNumber,
} from '../library/check-options.ts';
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
    this.#assertRunning();
    checkArgument('topology', 'setUp', topology, TOPOLOGY);
    const { setUpOn } = await import('./set-up.ts');
    return setUpOn(this.#access, topology);
  }

  async reset(): Promise<void> {
    this.#assertRunning();
    await this.#running.engine.reset();
    await this.#life.begin();
  }

  async advance(by: string | number): Promise<Date> {
    this.#assertRunning();
    await clockOf(this.#running.engine).advance(parseTime(by, 'advance'));
    return this.now();
  }

  now(): Date {
    return new Date(this.#running.engine.clock.timestamp());
  }

  freeze(frozen = true): void {
    checkArgument('frozen', 'freeze', frozen, RULES.flag);
    const clock = clockOf(this.#running.engine);
    if (frozen) clock.freeze();
    else clock.run();
  }

  published(topic: string) {
    checkArgument('topic', 'published', topic, RULES.text);
    const { engine } = this.#running;
    const found = findTopic(engine.sns, topic);
    if (found === undefined) throw notFound('topic', topic, engine.sns.topics.keys());
    return everyPublished(engine, found.arn);
  }

  messages(queue: string) {
    checkArgument('queue', 'messages', queue, RULES.text);
    const { engine } = this.#running;
    const found = findQueue(engine.sqs, queue);
    if (found !== undefined) return everyMessage(engine, found);
    const names = Array.from(engine.sqs.queues.values(), ({ name }) => name);
    throw notFound('queue', queue, names);
  }

  trace(messageId: string) {
    checkArgument('messageId', 'trace', messageId, RULES.text);
    return wayOf(this.#running.engine.trace.log, messageId);
  }

  async waitFor(queue: string, options: WaitOptions = {}) {
    checkArgument('queue', 'waitFor', queue, RULES.text);
    checkOptions('waitFor', options, WAIT_RULES);
    const { count, where, timeout } = options;
    return waitForMessages(this.#running.engine, queue, {
      ...(count === undefined ? {} : { count }),
      ...(where === undefined
        ? {}
        : { where: typeof where === 'function' ? atOnce(where) : byPolicy(JSON.stringify(where)) }),
      ...(timeout === undefined ? {} : { timeout: parseTime(timeout, 'timeout') }),
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
      new AppError({ code: 'EngineStopped', message: 'The engine was stopped.' }),
    );
    return this.#life.stop();
  }

  /** @throws AppError `EngineStopped` */
  #assertRunning(): void {
    this.#stopping.signal.throwIfAborted();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

const TOPOLOGY: OptionRule = {
  what: 'a topology from defineTopology, the path of a pubsub.yaml, or a name',
  fits: (value) => typeof value === 'string' || RULES.topology.fits(value),
};

/** A length of time is checked where it is read. */
const WAIT_RULES: OptionRules<WaitOptions> = {
  count: wholeNumber('a whole number', 0, MAX_WAIT_COUNT),
  where: {
    what: 'a function or a filter policy',
    fits: (value) => RULES.call.fits(value) || RULES.object.fits(value),
  },
  timeout: RULES.any,
};

/** A promise counts as true, whatever becomes of it: a wait on one would end at once. */
function atOnce<Message>(where: (message: Message) => boolean): (message: Message) => boolean {
  return (message) => {
    const fits: unknown = where(message);
    if (fits instanceof Promise) {
      fits.catch(() => undefined);
      throw usageError('where of waitFor must not be async.', undefined, 'InvalidOption');
    }
    return Boolean(fits);
  };
}

function notFound(kind: 'queue' | 'topic', wanted: string, there: Iterable<string>): AppError {
  const known = [...there];
  return new AppError({
    code: kind === 'queue' ? 'QueueNotFound' : 'TopicNotFound',
    message: `There is no ${kind} ${wanted} on the engine.`,
    hint: known.length === 0 ? `There is none at all.` : `There are: ${known.join(', ')}`,
  });
}
