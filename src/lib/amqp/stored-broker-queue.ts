import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, GetMessage } from 'amqplib';
import type { EntryResult, VisibilityChange } from '../aws/received-messages.ts';
import type { OutgoingMessage } from '../aws/sent-messages.ts';
import type { StoredMessage } from '../aws/stored-message.ts';
import type { Depth, StoredQueue } from '../aws/stored-queue.ts';
import { ConfirmedPublisher, type Sent } from './confirmed-publisher.ts';
import { deathOf, type Stored, withoutDeath } from './death.ts';
import { isThere, notAllowed, queueFailure, queueNotFound } from './errors.ts';
import { brokerLines } from './export-lines.ts';
import { attributesOf, propertiesOf } from './message-headers.ts';
import { ROUTED_BY } from './routing.ts';
import type { Session } from './session.ts';

/** A channel, and how many messages it was asked for. */
interface Lane {
  readonly channel: Channel;
  used: number;
}

/** A message that was taken and not settled yet. */
interface Taken {
  readonly lane: Lane;
  readonly message: GetMessage;
}

/**
 * Messages that are taken on one channel. Of what a channel is told of a quorum queue's messages it keeps back what is
 * beyond 32 commands under way, and sends it in another order, or never if it ends before (`rabbit_fifo_client`).
 */
const MAX_TAKEN = 30;
/** Looks at the most, and milliseconds between them, until what was given back is in the queue. */
const MAX_LOOKS = 200;
const LOOK_PAUSE_MS = 5;

/**
 * A queue of RabbitMQ to look into. What was taken is unacknowledged until the channel ends: a process that is killed
 * holds nothing. Given back in the order in which they were taken, messages lie in the queue as before.
 */
export class StoredBrokerQueue implements StoredQueue {
  readonly name: string;
  readonly fifo = false;
  readonly exact = true;
  readonly lines = brokerLines;
  private readonly session: Session;
  private readonly publisher: ConfirmedPublisher;
  private lane: Promise<Lane> | undefined;
  private readonly taken = new Map<string, Taken>();
  /** Messages go back in the order in which that was asked for. */
  private giving: Promise<unknown> = Promise.resolve();

  constructor(session: Session, name: string) {
    this.session = session;
    this.name = name;
    this.publisher = new ConfirmedPublisher(session, (channel) => channel.checkQueue(name), {
      notFound: () => queueNotFound(name),
      notAllowed: (cause) => notAllowed(session.broker, `send to queue "${name}"`, cause),
    });
  }

  async receive({ max }: { readonly max: number }): Promise<readonly StoredMessage[]> {
    const lane = await this.open(max);
    lane.used += max;
    try {
      const gets = Array.from({ length: max }, () => lane.channel.get(this.name));
      const got = await Promise.all(gets);
      return got.flatMap((message) => (message === false ? [] : [this.take(lane, message)]));
    } catch (error) {
      throw queueFailure(this.session.broker, this.name, error);
    }
  }

  async changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]> {
    // What is held stays held for as long as the channel is open.
    const shown = changes.filter(({ seconds }) => seconds === 0);
    const given = this.giving.then(() =>
      this.giveBack(shown.map(({ receiptHandle }) => receiptHandle)),
    );
    this.giving = given.catch(() => {});
    const results = await given;
    return changes.map(({ receiptHandle }) => results.get(receiptHandle) ?? { ok: true });
  }

  /**
   * Gives a few messages back, and waits until they are in the queue: those of another channel may overtake them.
   */
  private async giveBack(handles: readonly string[]): Promise<ReadonlyMap<string, EntryResult>> {
    const before = await this.depth();
    const results = handles.map((handle) => {
      const result = this.settle(handle, ({ lane: { channel }, message }) =>
        channel.nack(message, false, true),
      );
      return [handle, result] as const;
    });
    const given = results.filter(([, { ok }]) => ok).length;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const { visible } = await this.depth();
      // Where somebody takes them meanwhile, there is no order to keep.
      if (visible >= before.visible + given || visible < before.visible) break;
      await sleep(LOOK_PAUSE_MS);
    }
    return new Map(results);
  }

  async delete(receiptHandles: readonly string[]): Promise<EntryResult[]> {
    const told = new Set<Channel>();
    const results = receiptHandles.map((handle) =>
      this.settle(handle, ({ lane: { channel }, message }) => {
        channel.ack(message);
        told.add(channel);
      }),
    );
    try {
      // Once it answers to this, it has heard what came before.
      for (const channel of told) await channel.checkQueue(this.name);
    } catch (error) {
      throw queueFailure(this.session.broker, this.name, error);
    }
    return results;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<EntryResult[]> {
    await this.publisher.ready();
    return Promise.all(messages.map((message) => this.sendOne(message)));
  }

  async purge(): Promise<number> {
    const { channel } = await this.open();
    try {
      return (await channel.purgeQueue(this.name)).messageCount;
    } catch (error) {
      throw queueFailure(this.session.broker, this.name, error);
    }
  }

  async depth(): Promise<Depth> {
    const { channel } = await this.open();
    try {
      return { visible: (await channel.checkQueue(this.name)).messageCount, hidden: 0 };
    } catch (error) {
      throw queueFailure(this.session.broker, this.name, error);
    }
  }

  async sibling(name: string): Promise<StoredBrokerQueue | undefined> {
    const other = new StoredBrokerQueue(this.session, name);
    return (await other.exists()) ? other : undefined;
  }

  /** Whether the queue is there. @throws AppError where that can't be found out. */
  exists(): Promise<boolean> {
    return isThere(() => this.depth());
  }

  private async sendOne(message: OutgoingMessage): Promise<EntryResult> {
    const { content, properties } = outgoing(message);
    const options = { ...properties, persistent: true, mandatory: true };
    let kind: Sent['kind'];
    try {
      ({ kind } = await this.publisher.send('', this.name, content, options));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { ok: false, reason: error.message, retryable: false };
    }
    switch (kind) {
      case 'confirmed':
        return { ok: true };
      case 'unroutable':
        return { ok: false, reason: `there is no queue "${this.name}"`, retryable: false };
      case 'rejected':
        return { ok: false, reason: `queue "${this.name}" did not take it`, retryable: true };
      case 'lost':
        return {
          ok: false,
          reason: 'the connection was lost before it was confirmed',
          retryable: true,
        };
    }
  }

  private settle(handle: string, tell: (taken: Taken) => void): EntryResult {
    const taken = this.taken.get(handle);
    if (taken === undefined) return GONE;
    this.taken.delete(handle);
    tell(taken);
    return { ok: true };
  }

  private take(lane: Lane, message: GetMessage): StoredMessage {
    const handle = randomUUID();
    this.taken.set(handle, { lane, message });
    return stored(message, handle);
  }

  /** A channel on which so many messages more can be taken. */
  private async open(count = 0): Promise<Lane> {
    const lane = await this.lane;
    if (lane !== undefined && lane.used + count <= MAX_TAKEN) return lane;
    const opening = this.session.channel().then((channel): Lane => ({ channel, used: 0 }));
    this.lane = opening;
    const forget = (): void => {
      if (this.lane === opening) this.lane = undefined;
    };
    opening.then(
      (opened) => opened.channel.once('close', () => this.close(opened, forget)),
      forget,
    );
    return opening;
  }

  /** What was taken on a channel that is gone is in the queue again. */
  private close(lane: Lane, forget: () => void): void {
    forget();
    for (const [handle, taken] of this.taken) if (taken.lane === lane) this.taken.delete(handle);
  }
}

const GONE: EntryResult = {
  ok: false,
  reason: 'the connection to RabbitMQ was lost, and it is in the queue again',
  retryable: false,
};

function stored(message: GetMessage, handle: string): StoredMessage {
  const { properties, content } = message;
  const death = deathOf(message);
  const attributes = attributesOf(properties);
  const eventType = attributes[ROUTED_BY] ? undefined : death?.routingKey;
  const counted: unknown = properties.headers?.['x-delivery-count'];
  const timestamp: unknown = properties.timestamp;
  const seconds = typeof timestamp === 'number' ? timestamp : death?.seconds;
  return {
    // Of what has no id, the same at each look.
    messageId: String(
      properties.messageId || createHash('sha256').update(content).digest('hex').slice(0, 32),
    ),
    receiptHandle: handle,
    heldAs: handle,
    body: content.toString(),
    receiveCount: (typeof counted === 'number' ? counted : 0) + 1,
    groupId: undefined,
    deduplicationId: undefined,
    traceHeader: undefined,
    sentAt: seconds === undefined ? Date.now() : seconds * 1000,
    firstReceivedAt: undefined,
    sourceArn: undefined,
    sourceQueue: death?.queue,
    deadBecause: death?.because,
    attributes: eventType
      ? { ...attributes, [ROUTED_BY]: { type: 'String', value: eventType } }
      : attributes,
    original: message,
  };
}

/** A message as it goes to a queue: one that was taken from another to the letter, but for the marks of its death. */
function outgoing({ original, body, attributes }: OutgoingMessage) {
  if (original === undefined) {
    const properties = propertiesOf(
      { message: body, subject: undefined, attributes },
      randomUUID(),
    );
    return { content: Buffer.from(body), properties };
  }
  const { content, properties } = withoutDeath(original as Stored);
  return { content, properties };
}
