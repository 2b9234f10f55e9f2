import { matchFilterPolicy } from '../../../../rules/filter-policy/index.ts';
import { MAX_MESSAGE_ATTRIBUTES } from '../../../../rules/limits.ts';
import {
  type BodyShare,
  bodyOf,
  type DeliveryResult,
  type SharedBody,
  type TopicDelivery,
} from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import type { AcceptedMessage, CheckedMessage } from '../message.ts';
import { envelopeEntries } from '../message-attributes.ts';
import type { Subscription, Topic } from '../topic.ts';
import { deliverToDeadLetterQueue } from './dead-letter.ts';
import { notificationParts } from './envelope.ts';
import { traceDelivery, traceFiltered, tracePending } from './fan-out-trace.ts';

/** A confirmed subscription, and the part of its filter policy that keeps a message back. */
export interface Recipient {
  readonly subscription: Subscription;
  /** Undefined where the message passes. */
  readonly clause: string | undefined;
}

/**
 * Holds a message against every filter policy of a topic. It changes nothing, so that a message is judged for all
 * subscriptions before any of them gets it.
 */
export function recipientsOf(topic: Topic, message: CheckedMessage): Recipient[] {
  const filterable = { attributes: message.attributes.values, body: message.body };
  const recipients: Recipient[] = [];
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.pending) continue;
    const { filter } = subscription.settings;
    const result = filter === undefined ? undefined : matchFilterPolicy(filter, filterable);
    const clause = result === undefined || result.matched ? undefined : result.clause;
    recipients.push({ subscription, clause });
  }
  return recipients;
}

/** Delivers a message to those whose filter policies let it pass. */
export function fanOut(
  ctx: SnsContext,
  topic: Topic,
  message: AcceptedMessage,
  recipients: readonly Recipient[],
): void {
  const delivery = new Deliveries(ctx, topic, message);
  for (const { subscription, clause } of recipients) {
    if (clause === undefined) delivery.to(subscription);
    else traceFiltered(ctx, topic, message.messageId, subscription, clause);
  }
  if (recipients.length === topic.subscriptions.size) return;
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.pending) tracePending(ctx, topic, message.messageId, subscription);
  }
}

/** The deliveries of one message: what all of them have in common is made once, and only when needed. */
class Deliveries {
  readonly #ctx: SnsContext;
  readonly #topic: Topic;
  readonly #message: AcceptedMessage;
  #envelope: SharedBody | undefined;
  #raw: SharedBody | undefined;

  constructor(ctx: SnsContext, topic: Topic, message: AcceptedMessage) {
    this.#ctx = ctx;
    this.#topic = topic;
    this.#message = message;
  }

  to(subscription: Subscription): void {
    const ctx = this.#ctx;
    const { messageId } = this.#message;
    const { deadLetterArn } = subscription.settings;
    const delivery = this.#delivery(subscription, subscription.endpoint);
    const result = this.#deliver(subscription, delivery);
    const saved =
      !result.ok &&
      deadLetterArn !== undefined &&
      deliverToDeadLetterQueue(ctx, deadLetterArn, this.#delivery(subscription, deadLetterArn));
    const dead = saved ? deadLetterArn : undefined;
    traceDelivery(ctx, this.#topic, messageId, subscription, result, dead);
  }

  #deliver(subscription: Subscription, delivery: TopicDelivery): DeliveryResult {
    // "Messages with more than 10 message attributes directed towards Raw Message Delivery enabled Amazon SQS
    // subscriptions will be discarded as client side errors" (Amazon SNS message attributes).
    if (
      delivery.attributes !== undefined &&
      this.#message.attributes.count > MAX_MESSAGE_ATTRIBUTES
    ) {
      return {
        ok: false,
        errorCode: 'InvalidParameterValue',
        reason: `raw delivery carries at most ${MAX_MESSAGE_ATTRIBUTES} message attributes`,
      };
    }
    return this.#ctx.state.queues.deliver(subscription.endpoint, delivery);
  }

  /** What a queue gets for a subscription: its own, or the dead-letter queue. */
  #delivery(subscription: Subscription, queueArn: string): TopicDelivery {
    const { groupId, deduplicationId, attributes, sendsAttributes } = this.#message;
    const { raw } = subscription.settings;
    const toFifo = queueArn.endsWith('.fifo');
    const share = raw ? this.#rawShare() : this.#envelopeShare(subscription);
    return {
      topicArn: this.#topic.arn,
      topicAccount: this.#topic.account,
      body: bodyOf(share),
      shared: this.#topic.subscriptions.size > 1 ? share : undefined,
      enveloped: !raw,
      attributes: raw && sendsAttributes && attributes.count > 0 ? attributes.values : undefined,
      // A FIFO topic keeps its groups to itself where the queue is a standard one.
      groupId: toFifo || !this.#topic.fifo ? groupId : undefined,
      deduplicationId: toFifo ? deduplicationId : undefined,
      traceHeader: this.#ctx.traceHeader,
    };
  }

  #rawShare(): BodyShare {
    this.#raw ??= { before: this.#message.body, after: '', record: 0, messages: 0 };
    return { body: this.#raw, own: '' };
  }

  #envelopeShare(subscription: Subscription): BodyShare {
    this.#envelope ??= { ...this.#wrap(), record: 0, messages: 0 };
    const query = `Action=Unsubscribe&SubscriptionArn=${subscription.arn}`;
    return { body: this.#envelope, own: `${this.#ctx.baseUrl}/?${query}` };
  }

  #wrap(): { before: string; after: string } {
    const { state, clock, baseUrl } = this.#ctx;
    const { messageId, sequenceNumber, subject, body, attributes, sendsAttributes } = this.#message;
    const { arn: topicArn, fifo, settings } = this.#topic;
    return notificationParts({
      messageId,
      sequenceNumber,
      topicArn,
      subject,
      message: body,
      timestamp: new Date(clock.timestamp()).toISOString(),
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
