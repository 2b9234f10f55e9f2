import type { EngineParts } from '../../../../parts.ts';
import type { TopicDelivery } from '../../../../ports.ts';
import { TABLES } from '../../tables.ts';
import type { Attempt, DeliverySink, KeptDelivery } from '../sink.ts';
import { type Answer, isLoopback, Poster } from './post.ts';

/** A delivery over HTTP that isn't done. */
export interface PendingDelivery {
  readonly id: string;
  /** What the sink shows of it. */
  readonly shown: Omit<KeptDelivery, 'number' | 'attempts' | 'state'>;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds to wait before each retry. */
  readonly delays: readonly number[];
  /** How many retries were begun. */
  readonly retries: number;
  /** When the next try is due, on the engine's time line. */
  readonly due: number;
  /** What the subscription's dead-letter queue gets when all tries failed; undefined for confirmations. */
  readonly message: Omit<TopicDelivery, 'shared'> | undefined;
}

/** What deliveries need of the rest of SNS. */
export interface DeliveryHost {
  readonly parts: EngineParts;
  readonly sink: DeliverySink;
  /** Whether the subscription that a message is for is still there. */
  isSubscribed(subscriptionArn: string): boolean;
  /** Gives a message to the subscription's dead-letter queue; the queue's ARN when it took it. */
  deadLetter(subscriptionArn: string, message: Omit<TopicDelivery, 'shared'>): string | undefined;
}

/** Whether SNS tries again: after errors of the server, and where nobody answers, but not after those of the client. */
function isRetried(answer: Answer): boolean {
  return 'error' in answer || answer.status >= 500 || answer.status === 429;
}

/**
 * Deliveries to HTTP endpoints, with retries by delivery policy and the engine's clock. What isn't done is kept in the
 * journal. Requests leave only for this machine and for hosts that were named when the engine was started.
 */
export class HttpDeliveries {
  readonly #host: DeliveryHost;
  #poster: Poster | undefined;
  readonly #paces = new Map<string, number>();
  #closed = false;

  constructor(host: DeliveryHost) {
    this.#host = host;
  }

  /** Goes on with what an earlier engine left. */
  restore(): void {
    for (const { value } of this.#host.parts.journal.entries(TABLES.http)) {
      const pending = value as PendingDelivery;
      this.#await(pending, this.#host.sink.add({ ...pending.shown, state: 'pending' }));
    }
  }

  /** Whether requests may leave for a URL. */
  allows(url: string): boolean {
    const { hostname, host } = new URL(url);
    const { allowHttp = [] } = this.#host.parts.options;
    return isLoopback(hostname) || allowHttp.includes(hostname) || allowHttp.includes(host);
  }

  /** Sends, or keeps for the reader of the sink what mustn't leave. `perSecond` bounds the rate of its subscription. */
  send(delivery: Omit<PendingDelivery, 'retries' | 'due'>, perSecond?: number): void {
    const { sink, parts } = this.#host;
    if (!this.allows(delivery.shown.endpoint)) {
      sink.add({ ...delivery.shown, state: 'kept' });
      return;
    }
    const due = this.#paced(delivery.shown.subscriptionArn ?? '', perSecond);
    const pending: PendingDelivery = { ...delivery, retries: 0, due };
    parts.journal.put(TABLES.http, pending.id, pending);
    this.#await(pending, sink.add({ ...delivery.shown, state: 'pending' }));
  }

  /** Cuts off what is under way; what isn't done is in the journal. */
  close(): void {
    this.#closed = true;
    this.#poster?.close();
  }

  #paced(subscriptionArn: string, perSecond: number | undefined): number {
    const now = this.#host.parts.clock.now();
    if (perSecond === undefined) return now;
    const due = Math.max(now, this.#paces.get(subscriptionArn) ?? 0);
    this.#paces.set(subscriptionArn, due + 1000 / perSecond);
    return due;
  }

  #await(pending: PendingDelivery, kept: KeptDelivery): void {
    const { clock } = this.#host.parts;
    const start = () => clock.track(this.#try(pending, kept));
    if (pending.due <= clock.now()) start();
    else clock.schedule(pending.due, start);
  }

  async #try(pending: PendingDelivery, kept: KeptDelivery): Promise<void> {
    const { clock, journal } = this.#host.parts;
    // Nothing is told to the world that a crash could undo.
    if (journal.pending) await journal.committed();
    const { subscriptionArn, endpoint, body } = pending.shown;
    if (this.#closed) return;
    if (pending.message !== undefined && !this.#host.isSubscribed(subscriptionArn ?? '')) {
      this.#settle(pending, kept, 'failed');
      return;
    }
    this.#poster ??= new Poster();
    const answer = await this.#poster.post(new URL(endpoint), pending.headers, body);
    if (this.#closed) return;
    kept.attempts.push({ time: clock.timestamp(), ...answer } satisfies Attempt);
    const delay = pending.delays[pending.retries];
    if ('status' in answer && answer.status >= 200 && answer.status < 300) {
      this.#settle(pending, kept, 'delivered');
    } else if (delay !== undefined && isRetried(answer)) {
      const due = clock.now() + delay * 1000;
      const next: PendingDelivery = { ...pending, retries: pending.retries + 1, due };
      journal.put(TABLES.http, next.id, next);
      this.#await(next, kept);
    } else {
      this.#giveUp(pending, kept);
    }
  }

  #giveUp(pending: PendingDelivery, kept: KeptDelivery): void {
    const { message, shown } = pending;
    if (message !== undefined) {
      const queueArn = this.#host.deadLetter(shown.subscriptionArn ?? '', message);
      if (queueArn !== undefined) kept.deadLetterArn = queueArn;
    }
    this.#settle(pending, kept, 'failed');
  }

  #settle(pending: PendingDelivery, kept: KeptDelivery, state: 'delivered' | 'failed'): void {
    kept.state = state;
    const { topicArn } = pending.shown;
    if (pending.message !== undefined && topicArn !== undefined) {
      const metric = state === 'delivered' ? 'Delivered' : 'Failed';
      this.#host.parts.meter.add(topicArn, `NumberOfNotifications${metric}`);
    }
    this.#host.parts.journal.remove(TABLES.http, pending.id);
  }
}
