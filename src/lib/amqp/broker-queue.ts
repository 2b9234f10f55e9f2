import { randomUUID } from 'node:crypto';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { MessageQueue } from '../aws/message-queue.ts';
import type {
  EntryResult,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from '../aws/received-messages.ts';
import { isThere, queueFailure } from './errors.ts';
import { Gathering } from './gathering.ts';
import { attributesOf, subjectOf } from './message-headers.ts';
import { queueUrl } from './report.ts';
import { ROUTED_BY } from './routing.ts';
import type { Session } from './session.ts';

/** A message that was handed out: it goes back to the queue when its time is over. */
interface Lease {
  readonly channel: Channel;
  readonly deliveryTag: number;
  timer: NodeJS.Timeout;
}

/**
 * A queue of RabbitMQ, handed out as SQS does it: as many messages as are asked for and no more, each for the visibility
 * timeout, which is kept here. What a process holds that ends is in the queue again at once.
 */
export class BrokerQueue implements MessageQueue {
  readonly fifo = false;
  protected readonly session: Session;
  protected name: string;
  private readonly visibilitySeconds: number;
  private channel: Promise<Channel> | undefined;
  private readonly leases = new Map<string, Lease>();
  private handedOut = 0;
  /** Receives begin one after the other: how many messages one may bring is a setting of the channel. */
  private beginning: Promise<unknown> = Promise.resolve();

  /** @param visibilitySeconds for which a message is handed out. */
  constructor(session: Session, name: string, visibilitySeconds: number) {
    this.session = session;
    this.name = name;
    this.visibilitySeconds = visibilitySeconds;
  }

  get url(): string {
    return queueUrl(this.session.broker, this.name);
  }

  /** Whether the queue is there. @throws AppError where that can't be found out. */
  exists(): Promise<boolean> {
    return isThere(() => this.open());
  }

  async receive({ max, waitSeconds, signal }: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const channel = await this.open();
    // An abort that came meanwhile would tell no listener.
    signal.throwIfAborted();
    const gathered = new Gathering(max);
    const consumerTag = randomUUID();
    const onClose = (): void => gathered.end();
    channel.once('close', onClose);
    signal.addEventListener('abort', onClose, { once: true });
    const timer = setTimeout(onClose, waitSeconds * 1000);
    try {
      await this.begin(channel, max, consumerTag, gathered);
      await gathered.ended;
      // Whatever was on its way comes before the answer to this.
      await channel.cancel(consumerTag);
    } catch (error) {
      throw queueFailure(this.session.broker, this.name, error);
    } finally {
      clearTimeout(timer);
      channel.off('close', onClose);
      signal.removeEventListener('abort', onClose);
    }
    return gathered.messages.map((message) => this.handOut(channel, message));
  }

  async delete(receiptHandles: readonly string[]): Promise<EntryResult[]> {
    const results = receiptHandles.map((handle) =>
      this.settle(handle, (lease) => lease.channel.ack(delivery(lease))),
    );
    await this.heard(results);
    return results;
  }

  async changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]> {
    return changes.map(({ receiptHandle, seconds }): EntryResult => {
      if (seconds === 0) return this.settle(receiptHandle, giveBack);
      const lease = this.leases.get(receiptHandle);
      if (lease === undefined) return GONE;
      clearTimeout(lease.timer);
      lease.timer = this.expiry(receiptHandle, seconds);
      return { ok: true };
    });
  }

  async visibilityTimeout(): Promise<number> {
    return this.visibilitySeconds;
  }

  /** Asks the broker something after what was told it: once it answers, it has heard that too. */
  private async heard(results: EntryResult[]): Promise<void> {
    const channel = await this.channel?.catch(() => undefined);
    try {
      await channel?.checkQueue(this.name);
    } catch {
      for (const [index, { ok }] of results.entries()) if (ok) results[index] = GONE;
    }
  }

  private settle(handle: string, tell: (lease: Lease) => void): EntryResult {
    const lease = this.leases.get(handle);
    if (lease === undefined) return GONE;
    this.leases.delete(handle);
    clearTimeout(lease.timer);
    try {
      tell(lease);
      return { ok: true };
    } catch {
      return GONE;
    }
  }

  private handOut(channel: Channel, message: ConsumeMessage): ReceivedMessage {
    const { fields, properties, content } = message;
    const { deliveryTag, redelivered, exchange, routingKey } = fields;
    this.handedOut += 1;
    const receiptHandle = String(this.handedOut);
    const timer = this.expiry(receiptHandle, this.visibilitySeconds);
    this.leases.set(receiptHandle, { channel, deliveryTag, timer });
    const attributes = attributesOf(properties);
    // Clients in other languages give the event type as the routing key alone.
    const isRouted = exchange !== '' && routingKey !== '' && !attributes[ROUTED_BY];
    const counted: unknown = properties.headers?.['x-delivery-count'];
    return {
      // Without an id of its own each delivery is another message: two must never count as copies of one.
      messageId: String(properties.messageId || randomUUID()),
      receiptHandle,
      body: content.toString(),
      receiveCount: (typeof counted === 'number' ? counted : Number(redelivered)) + 1,
      groupId: undefined,
      subject: subjectOf(properties),
      traceHeader: undefined,
      attributes: isRouted
        ? { ...attributes, [ROUTED_BY]: { type: 'String', value: routingKey } }
        : attributes,
    };
  }

  private expiry(handle: string, seconds: number): NodeJS.Timeout {
    return setTimeout(() => this.settle(handle, giveBack), seconds * 1000).unref();
  }

  private begin(
    channel: Channel,
    max: number,
    consumerTag: string,
    gathered: Gathering,
  ): Promise<unknown> {
    const begun = this.beginning.then(async () => {
      await channel.prefetch(max);
      await channel.consume(
        this.name,
        (message) => (message === null ? gathered.end() : gathered.add(message)),
        { consumerTag },
      );
    });
    this.beginning = begun.catch(() => {});
    return begun;
  }

  private open(): Promise<Channel> {
    if (this.channel !== undefined) return this.channel;
    const opening = this.openChannel();
    this.channel = opening;
    const forget = (): void => {
      if (this.channel === opening) this.channel = undefined;
    };
    opening.then((channel) => channel.once('close', forget), forget);
    return opening;
  }

  private async openChannel(): Promise<Channel> {
    const channel = await this.session.channel();
    channel.setMaxListeners(0);
    channel.once('close', () => {
      for (const [handle, lease] of this.leases) {
        if (lease.channel !== channel) continue;
        clearTimeout(lease.timer);
        this.leases.delete(handle);
      }
    });
    try {
      await this.prepare(channel);
    } catch (error) {
      throw queueFailure(this.session.broker, this.name, error);
    }
    return channel;
  }

  /** What a new channel needs before it receives: that the queue is there. */
  protected async prepare(channel: Channel): Promise<void> {
    await channel.checkQueue(this.name);
  }
}

const GONE: EntryResult = {
  ok: false,
  reason: 'the connection to RabbitMQ was lost, or its visibility timeout is over',
  retryable: false,
};

/** Puts a message back into the queue; the broker counts it as delivered. */
function giveBack(lease: Lease): void {
  lease.channel.nack(delivery(lease), false, true);
}

/** What amqplib reads of a message to settle it. */
function delivery({ deliveryTag }: Lease): ConsumeMessage {
  return { fields: { deliveryTag } } as ConsumeMessage;
}
