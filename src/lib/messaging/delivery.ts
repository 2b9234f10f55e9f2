import type { ReceivedMessage } from '../aws/received-messages.ts';
import { AppError } from '../model/errors.ts';
import { type OrderEvent, parseOrderEvent } from '../model/order-event.ts';
import { parseSnsBody } from '../model/sns-envelope.ts';

/** What a handler may want to know about the message that brought an event. */
export interface MessageFacts {
  readonly subscriber: string;
  readonly queueUrl: string;
  /** SQS's message id. */
  readonly messageId: string;
  /** How often SQS has handed the message out, this time included. */
  readonly receiveCount: number;
  /** The group of a FIFO queue's message. */
  readonly groupId: string | undefined;
  /** The topic it came through; undefined for raw delivery. */
  readonly topicArn: string | undefined;
  readonly subject: string | undefined;
  /** Message attributes, from the envelope or, with raw delivery, from the SQS message. */
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

/** A received message read as an event, or why it can't be. */
export type Delivery =
  | { readonly event: OrderEvent; readonly facts: MessageFacts }
  | { readonly event: null; readonly body: string; readonly reason: string };

/** Reads a message's body: an SNS envelope around the event, or the event itself. Never throws for what is in it. */
export function readDelivery(
  message: ReceivedMessage,
  place: { readonly subscriber: string; readonly queueUrl: string },
): Delivery {
  const { messageId, receiveCount, groupId } = message;
  const parsed = parseSnsBody(message.body);
  const text = parsed.kind === 'envelope' ? parsed.message : parsed.body;
  const origin =
    parsed.kind === 'envelope'
      ? { topicArn: parsed.topicArn, subject: parsed.subject, attributes: parsed.attributes }
      : { topicArn: undefined, subject: undefined, attributes: message.attributes };
  try {
    const { subscriber, queueUrl } = place;
    const facts = { subscriber, queueUrl, messageId, receiveCount, groupId, ...origin };
    return { event: parseOrderEvent(text), facts };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { event: null, body: text, reason: error.message };
  }
}
