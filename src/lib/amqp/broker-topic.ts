import { randomUUID } from 'node:crypto';
import type { ConfirmChannel } from 'amqplib';
import type { MessageTopic } from '../aws/message-topic.ts';
import type { EntryOutcome, PublishBatchOptions, PublishEntry } from '../aws/publish.ts';
import { withType } from '../events/attributes.ts';
import { connectionLost, exchangeNotFound, notAllowed, REPLY, replyCode } from './errors.ts';
import { propertiesOf } from './message-headers.ts';
import { MAX_KEY_BYTES, ROUTED_BY } from './routing.ts';
import type { Session } from './session.ts';

/** Milliseconds that a broker has for a confirm: one that is out of memory or disk gives none. */
const CONFIRM_TIMEOUT_MS = 15_000;

/** What became of a message; `lost` where the connection ended before the broker said it. */
type Sent = EntryOutcome | { readonly lost: unknown };

/**
 * An exchange. A message is published when the broker has confirmed it: every queue that it goes to has it on the disks
 * of most of its nodes ("Consumer Acknowledgements and Publisher Confirms").
 */
export class BrokerTopic implements MessageTopic {
  readonly fifo = false;
  private readonly session: Session;
  readonly address: string;
  private channel: Promise<ConfirmChannel> | undefined;
  /** What the broker closed the channel with. */
  private refusal: unknown;

  constructor(session: Session, exchange: string) {
    this.session = session;
    this.address = exchange;
  }

  async publish(
    entries: readonly PublishEntry[],
    { onAttemptFailed }: PublishBatchOptions,
  ): Promise<EntryOutcome[]> {
    const channel = await this.open();
    const sent = await Promise.all(entries.map((entry) => this.send(channel, entry)));
    const lost = sent.flatMap((each) => ('lost' in each ? [each.lost] : []));
    const [first] = lost;
    if (lost.length > 0) {
      onAttemptFailed?.(first);
      // Where the exchange went meanwhile, the next attempt says so.
      if (lost.length === sent.length) throw this.failure(first);
    }
    return sent.map((each) => ('lost' in each ? NO_ANSWER : each));
  }

  private failure(cause: unknown): Error {
    const code = replyCode(this.refusal);
    if (code === REPLY.notFound) return exchangeNotFound(this.address);
    if (code === REPLY.accessRefused) {
      return notAllowed(this.session.broker, `publish to "${this.address}"`, this.refusal);
    }
    return connectionLost(this.session.broker, cause);
  }

  private open(): Promise<ConfirmChannel> {
    if (this.channel !== undefined) return this.channel;
    const opening = this.openChannel();
    this.channel = opening;
    opening.catch(() => this.forget(opening));
    return opening;
  }

  private async openChannel(): Promise<ConfirmChannel> {
    const channel = await this.session.confirmChannel();
    const opened = this.channel;
    this.refusal = undefined;
    channel.on('error', (error: unknown) => {
      this.refusal = error;
    });
    channel.on('close', () => this.forget(opened));
    try {
      await channel.checkExchange(this.address);
    } catch (error) {
      this.refusal ??= error;
      throw this.failure(error);
    }
    return channel;
  }

  private forget(channel: Promise<ConfirmChannel> | undefined): void {
    if (this.channel === channel) this.channel = undefined;
  }

  private send(channel: ConfirmChannel, entry: PublishEntry): Promise<Sent> {
    const routing = routingKeyOf(entry);
    if (!routing.ok) return Promise.resolve(routing);
    const messageId = randomUUID();
    return new Promise((resolve) => {
      const opened = this.channel;
      const timer = setTimeout(() => {
        this.forget(opened);
        void channel.close().catch(() => {});
        resolve({ lost: new Error('no confirm in time') });
      }, CONFIRM_TIMEOUT_MS);
      const settle = (sent: Sent): void => {
        clearTimeout(timer);
        resolve(sent);
      };
      try {
        channel.publish(
          this.address,
          routing.key,
          Buffer.from(entry.message),
          propertiesOf(entry, messageId),
          (error: unknown) => {
            if (!error) settle({ ok: true, messageId });
            // A channel that closes tells each message first, and only then itself.
            else setImmediate(() => settle(this.channel === opened ? REJECTED : { lost: error }));
          },
        );
      } catch (error) {
        // The headers are too long, or the channel was closed just now.
        settle(error instanceof RangeError ? tooLong(error.message) : { lost: error });
      }
    });
  }
}

const NO_ANSWER: EntryOutcome = {
  ok: false,
  code: 'NoAnswer',
  message: 'The connection was lost before RabbitMQ confirmed it.',
  retryable: true,
};
/** The broker says no, for a reason of its own such as a full queue (`reject-publish`). */
const REJECTED: EntryOutcome = {
  ok: false,
  code: 'Rejected',
  message: 'RabbitMQ took it into none or not all of its queues.',
  retryable: true,
};

function tooLong(message: string): EntryOutcome {
  return { ok: false, code: 'HeadersTooLong', message, retryable: false };
}

type RoutingKey = { readonly ok: true; readonly key: string } | (EntryOutcome & { ok: false });

/** The event type, by which bindings choose; empty where a message has none. */
function routingKeyOf({ attributes }: PublishEntry): RoutingKey {
  const { type, value } = withType(attributes[ROUTED_BY] ?? '');
  if (!/^String(?!\.Array)/.test(type)) {
    const message = `RabbitMQ routes by the attribute ${ROUTED_BY}, which must be a String, not ${type}.`;
    return { ok: false, code: 'InvalidRoutingKey', message, retryable: false };
  }
  if (Buffer.byteLength(value) > MAX_KEY_BYTES) {
    const message = `RabbitMQ routes by the event type, which has more than ${MAX_KEY_BYTES} bytes.`;
    return { ok: false, code: 'InvalidRoutingKey', message, retryable: false };
  }
  return { ok: true, key: value };
}
