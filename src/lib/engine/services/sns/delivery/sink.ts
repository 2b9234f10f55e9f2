import type { ObservedAttribute } from '../../../observe/attribute-values.ts';

/** A try to deliver over HTTP. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The status that the endpoint answered with. */
  readonly status?: number;
  /** What went wrong before there was an answer. */
  readonly error?: string;
}

/** What SNS sent, or would have sent, to anything but a queue. */
export interface KeptDelivery {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly protocol: string;
  /** URL, mail address, phone number or ARN. */
  readonly endpoint: string;
  /** Absent for what was published to a phone number or a platform endpoint. */
  readonly topicArn?: string | undefined;
  readonly subscriptionArn?: string | undefined;
  readonly messageId: string;
  readonly subject?: string | undefined;
  /** What the endpoint gets: the body of the request or mail, the text of the SMS, the payload. */
  readonly body: string;
  readonly attributes: Readonly<Record<string, ObservedAttribute>>;
  /** What `ConfirmSubscription` takes; of confirmations only. */
  readonly token?: string | undefined;
  /** A GET of it confirms; of confirmations only. */
  readonly subscribeUrl?: string | undefined;
  /**
   * `kept`: nothing is sent to such an endpoint from here. Over HTTP: `pending` until the endpoint took it (`delivered`)
   * or the retries are used up (`failed`).
   */
  state: 'kept' | 'pending' | 'delivered' | 'failed';
  readonly attempts: Attempt[];
  /** The dead-letter queue that took it after it failed. */
  deadLetterArn?: string;
}

/** What a reader asks for; everything unless restricted. */
export interface SinkQuery {
  readonly protocol?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly topicArn?: string | undefined;
  /** Only those with a higher number. */
  readonly after?: number | undefined;
}

/** Deliveries that are kept, and characters of their bodies. */
const MOST = 1_000;
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** The latest deliveries to anything but queues, in memory, oldest first. */
export class DeliverySink {
  #kept: KeptDelivery[] = [];
  #characters = 0;
  #last = 0;

  /** The highest number given so far. */
  get last(): number {
    return this.#last;
  }

  add(delivery: Omit<KeptDelivery, 'number' | 'attempts'>): KeptDelivery {
    this.#last += 1;
    const kept: KeptDelivery = { number: this.#last, ...delivery, attempts: [] };
    this.#kept.push(kept);
    this.#characters += kept.body.length;
    while (this.#kept.length > MOST || this.#characters > MOST_CHARACTERS) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) break;
      this.#characters -= oldest.body.length;
    }
    return kept;
  }

  find({ protocol, endpoint, topicArn, after = 0 }: SinkQuery): readonly KeptDelivery[] {
    return this.#kept.filter(
      (each) =>
        each.number > after &&
        (protocol === undefined || each.protocol === protocol) &&
        (endpoint === undefined || each.endpoint === endpoint) &&
        (topicArn === undefined || each.topicArn === topicArn),
    );
  }

  clear(): void {
    this.#kept = [];
    this.#characters = 0;
    this.#last = 0;
  }
}
