import { setTimeout as sleep } from 'node:timers/promises';
import type { RoleKeys } from '../../../ports.ts';
import { EnvironmentsClosed } from '../invoke/environments.ts';
import { type FunctionTarget, functionNamed, targetNamed } from '../lookup.ts';
import { type LambdaState, MAX_ENVIRONMENTS } from '../state.ts';
import { Concurrency } from './concurrency.ts';
import { BatchHandler, type ReceivedBatch } from './handle-batch.ts';
import type { EventSourceMapping, MappingPoller } from './mapping.ts';
import { QueueCallFailed, QueueClient } from './queue-client.ts';
import type { ReceivedMessage } from './record.ts';

const LONG_POLL_SECONDS = 20;
const ONE_RECEIVE = 10;
/** Waits after what can't work at present, in milliseconds. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/** How often a poller looks whether there is room for another process, in milliseconds. */
const ROOM_CHECK_MS = 20;
const KEYS_SECONDS = 12 * 3600;
/** Keys are renewed this long before they end, in milliseconds. */
const KEYS_MARGIN_MS = 60_000;

/**
 * Feeds a function from a queue: one receive after the other while there is room for another batch, and several batches
 * at a time. While the queue is empty a single long poll waits.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export class Poller implements MappingPoller {
  /** Why it can't work at present; undefined while it can. */
  problem: string | undefined;
  readonly #state: LambdaState;
  readonly #mapping: EventSourceMapping;
  readonly #concurrency: Concurrency;
  readonly #stopped = new AbortController();
  #client: QueueClient | undefined;
  #keys: RoleKeys | undefined;
  #active = 0;
  #retryMs = FIRST_RETRY_MS;
  #wake: () => void = () => undefined;

  constructor(state: LambdaState, mapping: EventSourceMapping) {
    this.#state = state;
    this.#mapping = mapping;
    const most = Math.min(mapping.maximumConcurrency ?? MAX_ENVIRONMENTS, MAX_ENVIRONMENTS);
    this.#concurrency = new Concurrency(most, () => state.parts.clock.now());
  }

  get batches(): number {
    return this.#active;
  }

  get concurrency(): number {
    return this.#concurrency.limit;
  }

  start(): void {
    void this.#run().finally(() => {
      if (this.#active === 0) this.#client?.close();
    });
  }

  /** Receives no more; batches under way go on to their end. */
  stop(): void {
    this.#stopped.abort();
    this.#client?.cancelReceive();
    this.#wake();
  }

  get #over(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      try {
        await this.#once();
        this.#retryMs = FIRST_RETRY_MS;
        this.problem = undefined;
      } catch (error) {
        if (this.#over) return;
        this.problem = problemIn(error);
        await sleep(this.#retryMs, undefined, {
          signal: this.#stopped.signal,
          ref: false,
        }).catch(() => undefined);
        this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** One batch, or the end of a long poll. @throws QueueCallFailed, and ServiceError where the function is gone. */
  async #once(): Promise<void> {
    await this.#room();
    if (this.#over) return;
    const target = this.#target();
    const client = this.#clientFor(target);
    const received = await this.#gather(client, target.version.timeout);
    if (received === undefined) {
      if (this.#active === 0) this.#concurrency.idle();
      return;
    }
    if (received.messages.length >= this.#mapping.batchSize) this.#concurrency.backlog();
    this.#handle(client, received);
  }

  /** Waits until another batch may be under way, and a process could run it. */
  async #room(): Promise<void> {
    const { environments } = this.#state;
    while (!this.#over && this.#active >= this.#concurrency.limit) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    while (!this.#over && environments.busy >= environments.most) {
      await sleep(ROOM_CHECK_MS, undefined, { ref: false });
    }
  }

  #target(): FunctionTarget {
    return targetNamed(this.#state, this.#mapping, this.#mapping.functionArn);
  }

  /** @throws QueueCallFailed where the queue is gone. */
  #clientFor({ fn }: FunctionTarget): QueueClient {
    const { queueArn, region } = this.#mapping;
    const queue = this.#state.queues.factsOf(queueArn);
    if (queue === undefined) {
      throw new QueueCallFailed('QueueDoesNotExist', `The queue ${queueArn} does not exist.`);
    }
    this.#client ??= new QueueClient({
      endpoint: this.#state.host.endpoint ?? '',
      path: queue.path,
      region,
      functionName: fn.name,
      keys: () => this.#currentKeys(),
    });
    return this.#client;
  }

  #currentKeys(): RoleKeys {
    const now = this.#state.parts.clock.now();
    if (this.#keys === undefined || this.#keys.expires - KEYS_MARGIN_MS < now) {
      const { name, latest } = functionNamed(this.#state, this.#mapping, this.#mapping.functionArn);
      this.#keys = this.#state.roles.keysFor(latest.role, name, KEYS_SECONDS);
    }
    return this.#keys;
  }

  /**
   * Receives a batch; undefined where a long poll brought nothing. It is gathered no longer than leaves the function twice
   * its time before the first message becomes visible again: once to be called, once to end.
   *
   * @param timeout of the function, in seconds
   */
  async #gather(client: QueueClient, timeout: number): Promise<ReceivedBatch | undefined> {
    const { batchSize, window, queueArn } = this.#mapping;
    const { clock } = this.#state.parts;
    const messages: ReceivedMessage[] = [
      ...(await client.receive(Math.min(ONE_RECEIVE, batchSize), LONG_POLL_SECONDS)),
    ];
    if (messages.length === 0) return undefined;
    const receivedAt = clock.now();
    const visibility = this.#state.queues.factsOf(queueArn)?.visibilityTimeout ?? 0;
    const visibleUntil = receivedAt + visibility * 1000;
    const windowEnds = receivedAt + Math.min(window, visibility - 2 * timeout) * 1000;
    while (window > 0 && messages.length < batchSize && !this.#over) {
      const left = windowEnds - clock.now();
      if (left <= 0) break;
      const most = Math.min(ONE_RECEIVE, batchSize - messages.length);
      // Messages in hand are worth more than those that a failing call would bring.
      const more = await client
        .receive(most, Math.min(LONG_POLL_SECONDS, Math.ceil(left / 1000)))
        .catch(() => undefined);
      if (more === undefined) break;
      messages.push(...more);
    }
    return { messages, visibleUntil, visibility };
  }

  #handle(client: QueueClient, received: ReceivedBatch): void {
    this.#active += 1;
    const handler = new BatchHandler(this.#state, this.#mapping, client, {
      onSuccess: () => this.#concurrency.succeeded(),
      onFailure: () => this.#concurrency.failed(),
    });
    void handler
      .handle(received)
      .catch((error: unknown) => {
        // What can't be handled comes back when its visibility ends.
        if (error instanceof EnvironmentsClosed) this.stop();
        else this.problem = problemIn(error);
      })
      .finally(() => {
        this.#active -= 1;
        this.#wake();
        if (this.#over && this.#active === 0) client.close();
      });
  }
}

function problemIn(error: unknown): string {
  return `PROBLEM: ${error instanceof Error ? error.message : String(error)}`;
}
