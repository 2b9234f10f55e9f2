import { randomBytes } from 'node:crypto';
import type { Channel } from 'amqplib';
import { within } from '../../aws/within.ts';
import { temporaryName, temporaryTags } from '../../definition/temporary.ts';
import type { Topology } from '../../definition/topology.ts';
import { AppError } from '../../rules/errors.ts';
import { BrokerTopic } from '../broker-topic.ts';
import { callRefused } from '../errors.ts';
import type { FoundBinding, FoundExchange } from '../observed.ts';
import { ROUTED_BY } from '../routing.ts';
import type { Session } from '../session.ts';
import type { Canary } from './canaries.ts';

/** Milliseconds after which anybody may remove an exchange that a probe left behind, killed before it had a binding. */
const LIFETIME_MS = 300_000;
/** Milliseconds that a confirmed message has to come out of its queue. */
const ARRIVAL_TIMEOUT_MS = 15_000;

/** A subscriber's way from an exchange. */
export interface Branch {
  readonly subscriber: string;
  /** What its queue is bound by. */
  readonly bindings: readonly FoundBinding[];
  /** Binding keys that the file's filter is. */
  readonly wanted: readonly string[];
}

/** A queue of the probe's own, and whose bindings it has. */
interface BoundQueue {
  readonly branch: Branch;
  readonly queue: string;
}

/** When what happened to the canaries, in milliseconds since each was sent. */
export interface Arrivals {
  /** Until the broker confirmed it, by routing key. */
  readonly confirmed: ReadonlyMap<string, number>;
  /** Until it came out of a branch's queue, by routing key. */
  readonly received: ReadonlyMap<Branch, ReadonlyMap<string, number>>;
}

/**
 * A copy of an exchange, with an exclusive queue for each branch that is bound as the branch's own queue is. The queues
 * go with the connection, and the exchange, which is auto-delete, with its last binding.
 */
export class ExchangeCopy {
  readonly name: string;
  private readonly session: Session;
  private readonly topology: Topology;
  private readonly type: string;
  private readonly stop: AbortSignal;
  private readonly sentAt = new Map<string, number>();

  constructor(
    session: Session,
    topology: Topology,
    { type }: Pick<FoundExchange, 'type'>,
    stop: AbortSignal,
  ) {
    this.session = session;
    this.topology = topology;
    this.name = nameFor(topology);
    this.type = type;
    this.stop = stop;
  }

  /**
   * Makes the copy, publishes canaries one after the other, and then a last message that every queue gets: what comes
   * before it was routed there, and what doesn't was not.
   * @throws AppError for what is refused, and `ProbeTimeout` where the last message doesn't come.
   */
  async send(branches: readonly Branch[], canaries: readonly Canary[]): Promise<Arrivals> {
    const received = new Map(branches.map((branch) => [branch, new Map<string, number>()]));
    const channel = await this.session.channel();
    let waiting = branches.length;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    try {
      const queues: BoundQueue[] = [];
      for (const branch of branches) {
        const queue = nameFor(this.topology);
        await channel.assertQueue(queue, { exclusive: true, durable: false });
        queues.push({ branch, queue });
        await channel.consume(
          queue,
          (message) => {
            if (message === null) return;
            const key = message.fields.routingKey;
            if (key !== this.name) received.get(branch)?.set(key, this.since(key));
            else if (--waiting === 0) end();
          },
          { noAck: true },
        );
      }
      await this.make(channel, queues);
    } catch (error) {
      throw callRefused(this.session.broker, `make "${this.name}"`, error);
    }
    const topic = new BrokerTopic(this.session, this.name);
    const confirmed = new Map<string, number>();
    for (const { key, message } of canaries) {
      const attributes = Object.entries(message.attributes).map(
        ([name, { DataType, StringValue = '' }]) =>
          [name, { type: DataType, value: StringValue }] as const,
      );
      await this.publish(topic, key, message.body ?? '', Object.fromEntries(attributes));
      confirmed.set(key, this.since(key));
    }
    await this.publish(topic, this.name, '', { [ROUTED_BY]: this.name });
    await within(ARRIVAL_TIMEOUT_MS, ended, notArrived);
    return { confirmed, received };
  }

  private async make(channel: Channel, queues: readonly BoundQueue[]): Promise<void> {
    await channel.assertExchange(this.name, this.type, {
      durable: false,
      autoDelete: true,
      arguments: temporaryTags(this.topology, 'probe', Date.now() + LIFETIME_MS),
    });
    for (const { branch, queue } of queues) {
      await channel.bindQueue(queue, this.name, this.name);
      for (const { routing_key, arguments: given } of branch.bindings) {
        await channel.bindQueue(queue, this.name, routing_key, given);
      }
    }
  }

  private async publish(
    topic: BrokerTopic,
    key: string,
    message: string,
    attributes: Parameters<BrokerTopic['publish']>[0][number]['attributes'],
  ): Promise<void> {
    this.stop.throwIfAborted();
    this.sentAt.set(key, performance.now());
    const [outcome] = await topic.publish([{ message, subject: undefined, attributes }], {});
    if (outcome?.ok === false) throw new AppError(outcome);
  }

  private since(key: string): number {
    return Math.round(performance.now() - (this.sentAt.get(key) ?? performance.now()));
  }
}

/** @throws AppError `ProbeTimeout`. */
function notArrived(): never {
  const seconds = ARRIVAL_TIMEOUT_MS / 1000;
  const message = `What RabbitMQ confirmed did not come out of its queue within ${seconds} s.`;
  throw new AppError({ code: 'ProbeTimeout', message });
}

function nameFor(topology: Topology): string {
  return temporaryName(topology, 'probe', { id: randomBytes(4).toString('hex'), fifo: false });
}
