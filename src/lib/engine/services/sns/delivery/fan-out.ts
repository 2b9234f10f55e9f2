import { randomUUID } from 'node:crypto';
import { matchFilterPolicy } from '../../../../rules/filter-policy/index.ts';
import { DEDUPLICATION_WINDOW_SECONDS, MAX_MESSAGE_ATTRIBUTES } from '../../../../rules/limits.ts';
import { bodyOf, type DeliveryResult, type TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import type { AcceptedMessage, CheckedMessage } from '../message.ts';
import type { Subscription, Topic } from '../topic.ts';
import { MessageBodies } from './bodies.ts';
import { deliverToDeadLetterQueue } from './dead-letter.ts';
import { deliverElsewhere } from './elsewhere.ts';
import { traceDelivery, traceFiltered, tracePending } from './fan-out-trace.ts';

const WINDOW_MS = DEDUPLICATION_WINDOW_SECONDS * 1000;

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
export function recipientsOf(
  { clock }: Pick<SnsContext, 'clock'>,
  topic: Topic,
  message: CheckedMessage,
): Recipient[] {
  const filterable = { attributes: message.attributes.values, body: message.body };
  const recipients: Recipient[] = [];
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.pending) continue;
    const { filter, replay } = subscription.settings;
    // After the end of a replay its subscription is paused.
    if (replay?.end !== undefined && clock.timestamp() > replay.end) continue;
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
  try {
    for (const { subscription, clause } of recipients) {
      if (clause === undefined) delivery.to(subscription);
      else traceFiltered(ctx, topic, message.messageId, subscription, clause);
    }
  } finally {
    delivery.close();
  }
  if (message.archivedAt !== undefined || recipients.length === topic.subscriptions.size) return;
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.pending) tracePending(ctx, topic, message.messageId, subscription);
  }
}

/** The deliveries of one message. */
class Deliveries {
  readonly #ctx: SnsContext;
  readonly #topic: Topic;
  readonly #message: AcceptedMessage;
  readonly #bodies: MessageBodies;

  constructor(ctx: SnsContext, topic: Topic, message: AcceptedMessage) {
    this.#ctx = ctx;
    this.#topic = topic;
    this.#message = message;
    this.#bodies = new MessageBodies(ctx, topic, message);
  }

  to(subscription: Subscription): void {
    const ctx = this.#ctx;
    const { deadLetterArn } = subscription.settings;
    if (subscription.protocol !== 'sqs') {
      const letter = this.#delivery(subscription, deadLetterArn ?? '');
      deliverElsewhere(ctx, this.#topic, subscription, this.#message, this.#bodies, letter);
      return;
    }
    const delivery = this.#delivery(subscription, subscription.endpoint);
    const result = this.#deliver(subscription, delivery);
    const saved =
      !result.ok &&
      deadLetterArn !== undefined &&
      deliverToDeadLetterQueue(ctx, deadLetterArn, this.#delivery(subscription, deadLetterArn));
    const dead = saved ? deadLetterArn : undefined;
    traceDelivery(ctx, this.#topic, this.#message.messageId, subscription, result, dead);
  }

  close(): void {
    this.#bodies.close();
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
    const { groupId } = this.#message;
    const { raw } = subscription.settings;
    const toFifo = queueArn.endsWith('.fifo');
    const share = this.#bodies.share(subscription);
    return {
      topicArn: this.#topic.arn,
      topicAccount: this.#topic.account,
      body: bodyOf(share),
      shared: this.#topic.subscriptions.size > 1 ? share : undefined,
      enveloped: !raw,
      attributes: raw ? this.#rawAttributes() : undefined,
      // A FIFO topic keeps its groups to itself where the queue is a standard one.
      groupId: toFifo || !this.#topic.fifo ? groupId : undefined,
      deduplicationId: toFifo ? this.#deduplicationId() : undefined,
      traceHeader: this.#ctx.traceHeader,
    };
  }

  /** A queue would take a message that is replayed within the deduplication window for a repetition. */
  #deduplicationId(): string | undefined {
    const { deduplicationId, archivedAt } = this.#message;
    const { clock } = this.#ctx;
    const replayedSoon = archivedAt !== undefined && clock.timestamp() - archivedAt < WINDOW_MS;
    return replayedSoon ? randomUUID() : deduplicationId;
  }

  /** The attributes of a raw message; one more tells that it is replayed. */
  #rawAttributes(): TopicDelivery['attributes'] {
    const { attributes, sendsAttributes, archivedAt } = this.#message;
    const own = sendsAttributes && attributes.count > 0 ? attributes.values : undefined;
    if (archivedAt === undefined) return own;
    return { ...own, Replayed: { DataType: 'String', StringValue: 'true' } };
  }
}
