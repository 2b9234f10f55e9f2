import { randomUUID } from 'node:crypto';
import type { MessageTopic } from '../aws/message-topic.ts';
import type { EntryOutcome, PublishBatchOptions, PublishEntry } from '../aws/publish.ts';
import { withType } from '../events/attributes.ts';
import { ConfirmedPublisher } from './confirmed-publisher.ts';
import { exchangeNotFound, notAllowed } from './errors.ts';
import { propertiesOf, reservedIn } from './message-headers.ts';
import { MAX_KEY_BYTES, ROUTED_BY } from './routing.ts';
import type { Session } from './session.ts';

/** What became of a message; `lost` where the connection ended before the broker said it. */
type Outcome = EntryOutcome | { readonly lost: unknown };

/**
 * An exchange. A message is published when the broker has confirmed it: every queue that it goes to has it on the disks
 * of most of its nodes ("Consumer Acknowledgements and Publisher Confirms").
 */
export class BrokerTopic implements MessageTopic {
  readonly fifo = false;
  readonly address: string;
  private readonly publisher: ConfirmedPublisher;

  constructor(session: Session, exchange: string) {
    this.address = exchange;
    this.publisher = new ConfirmedPublisher(session, (channel) => channel.checkExchange(exchange), {
      notFound: () => exchangeNotFound(exchange),
      notAllowed: (cause) => notAllowed(session.broker, `publish to "${exchange}"`, cause),
    });
  }

  async publish(
    entries: readonly PublishEntry[],
    { onAttemptFailed }: PublishBatchOptions,
  ): Promise<EntryOutcome[]> {
    await this.publisher.ready();
    const sent = await Promise.all(entries.map((entry) => this.send(entry)));
    const lost = sent.flatMap((each) => ('lost' in each ? [each.lost] : []));
    const [first] = lost;
    if (lost.length > 0) {
      onAttemptFailed?.(first);
      // Where the exchange went meanwhile, the next attempt says so.
      if (lost.length === sent.length) throw this.publisher.failure(first);
    }
    return sent.map((each) => ('lost' in each ? NO_ANSWER : each));
  }

  private async send(entry: PublishEntry): Promise<Outcome> {
    const routing = routingKeyOf(entry);
    if (!routing.ok) return routing;
    const reserved = reservedIn(entry.attributes);
    if (reserved !== undefined) return reservedHeader(reserved);
    const messageId = randomUUID();
    try {
      const sent = await this.publisher.send(
        this.address,
        routing.key,
        Buffer.from(entry.message),
        propertiesOf(entry, messageId),
      );
      if (sent.kind === 'lost') return { lost: sent.cause };
      return sent.kind === 'rejected' ? REJECTED : { ok: true, messageId };
    } catch (error) {
      if (error instanceof RangeError) return tooLong(error.message);
      // It was closed since, and can't be opened again.
      return { lost: error };
    }
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

function reservedHeader(name: string): EntryOutcome {
  const message = `On RabbitMQ an attribute is a header, and one named "${name}" means something there: give it another name.`;
  return { ok: false, code: 'ReservedHeader', message, retryable: false };
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
