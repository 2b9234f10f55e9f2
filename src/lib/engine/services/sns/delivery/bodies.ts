import { type BodyShare, bodyOf, bodyShare, type SharedBody, sharedBody } from '../../../ports.ts';
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
  readonly #baseUrl: string;
  readonly #envelopes: ByText = [];
  readonly #raw: ByText = [];

  constructor(ctx: SnsContext, topic: Topic, message: AcceptedMessage) {
    this.#ctx = ctx;
    this.#topic = topic;
    this.#message = message;
    this.#baseUrl = ctx.baseUrl;
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
    let body = bodyWith(this.#raw, text);
    if (body === undefined) {
      body = sharedBody(text, '');
      this.#raw.push({ text, body });
    }
    return bodyShare(body, '');
  }

  /** Tells the queues that the fan-out is over. */
  close(): void {
    for (const { body } of this.#envelopes) body.isOpen = false;
    for (const { body } of this.#raw) body.isOpen = false;
  }

  #envelope(subscription: Subscription): BodyShare {
    const text = textFor(this.#message, subscription.protocol);
    let body = bodyWith(this.#envelopes, text);
    if (body === undefined) {
      const { before, after } = this.#wrap(text);
      body = sharedBody(before, after);
      this.#envelopes.push({ text, body });
    }
    const { url, end } = endOf(subscription, this.#baseUrl, body.after);
    return bodyShare(body, url, end);
  }

  #wrap(message: string): { before: string; after: string } {
    const { state, clock } = this.#ctx;
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
            certificateUrl: this.#baseUrl + state.signer.certificatePath,
          },
      attributes: sendsAttributes ? envelopeEntries(attributes) : [],
    });
  }
}

/** Bodies with the texts in them. There are a few at most, and a map would read each text to its end to hash it. */
type ByText = { readonly text: string; readonly body: SharedBody }[];

function bodyWith(bodies: ByText, text: string): SharedBody | undefined {
  for (const each of bodies) if (each.text === text) return each.body;
  return undefined;
}

/** What an envelope ends with: the `UnsubscribeURL`, and what comes after it. */
interface EnvelopeEnd {
  readonly baseUrl: string;
  readonly url: string;
  readonly after: string;
  readonly end: string;
}

/** The last one of each subscription: thousands of messages wait with one and the same text. */
const ends = new WeakMap<Subscription, EnvelopeEnd>();

function endOf(subscription: Subscription, baseUrl: string, after: string): EnvelopeEnd {
  const known = ends.get(subscription);
  if (known?.baseUrl === baseUrl && known.after === after) return known;
  const url =
    known?.baseUrl === baseUrl
      ? known.url
      : `${baseUrl}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`;
  const end = { baseUrl, url, after, end: url + after };
  ends.set(subscription, end);
  return end;
}

let lastTime = { milliseconds: Number.NaN, text: '' };

/** The time in ISO 8601: many messages have the same millisecond. */
function isoTime(milliseconds: number): string {
  if (lastTime.milliseconds !== milliseconds) {
    lastTime = { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  return lastTime.text;
}
