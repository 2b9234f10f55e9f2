import { type BodyShare, bodyOf, type SharedBody } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import { type AcceptedMessage, textFor } from '../message.ts';
import { envelopeEntries } from '../message-attributes.ts';
import type { Subscription, Topic } from '../topic.ts';
import { notificationParts } from './envelope.ts';

/** The bodies that one message's subscriptions get: what they have in common is made once, and only when needed. */
export class MessageBodies {
  readonly #ctx: SnsContext;
  readonly #topic: Topic;
  readonly #message: AcceptedMessage;
  readonly #envelopes = new Map<string, SharedBody>();
  readonly #raw = new Map<string, SharedBody>();

  constructor(ctx: SnsContext, topic: Topic, message: AcceptedMessage) {
    this.#ctx = ctx;
    this.#topic = topic;
    this.#message = message;
  }

  /** The message as it is, or its envelope with the signature left open, whichever the subscription wants. */
  share(subscription: Subscription): BodyShare {
    return subscription.settings.raw ? this.raw(subscription) : this.#envelope(subscription);
  }

  /** The envelope, signed. */
  sealed(subscription: Subscription): string {
    return this.#ctx.state.signer.seal(bodyOf(this.#envelope(subscription)));
  }

  /** The message alone. */
  raw({ protocol }: Subscription): BodyShare {
    const text = textFor(this.#message, protocol);
    let body = this.#raw.get(text);
    if (body === undefined) {
      body = { before: text, after: '', record: 0, messages: 0 };
      this.#raw.set(text, body);
    }
    return { body, own: '' };
  }

  #envelope({ arn, protocol }: Subscription): BodyShare {
    const text = textFor(this.#message, protocol);
    let body = this.#envelopes.get(text);
    if (body === undefined) {
      const { before, after } = this.#wrap(text);
      body = { before, after, record: 0, messages: 0 };
      this.#envelopes.set(text, body);
    }
    return { body, own: `${this.#ctx.baseUrl}/?Action=Unsubscribe&SubscriptionArn=${arn}` };
  }

  #wrap(message: string): { before: string; after: string } {
    const { state, clock, baseUrl } = this.#ctx;
    const { messageId, sequenceNumber, subject, attributes, sendsAttributes, archivedAt } =
      this.#message;
    const { arn: topicArn, fifo, settings } = this.#topic;
    return notificationParts({
      messageId,
      sequenceNumber,
      topicArn,
      subject,
      message,
      timestamp: isoTime(archivedAt ?? clock.timestamp()),
      replayed: archivedAt !== undefined,
      signing: fifo
        ? undefined
        : {
            version: settings.signatureVersion,
            certificateUrl: baseUrl + state.signer.certificatePath,
          },
      attributes: sendsAttributes ? envelopeEntries(attributes) : [],
    });
  }
}

let lastTime = { milliseconds: Number.NaN, text: '' };

/** The time in ISO 8601: many messages have the same millisecond. */
function isoTime(milliseconds: number): string {
  if (lastTime.milliseconds !== milliseconds) {
    lastTime = { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  return lastTime.text;
}
