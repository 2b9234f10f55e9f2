import type { ReceivedMessage } from '../aws/received-messages.ts';
import type { EventReader } from '../events/event-codec.ts';
import { readTraceparent, TRACEPARENT } from '../events/trace-context.ts';
import { parseSnsBody } from '../rules/sns-envelope.ts';
import type { MessageFacts } from './consumed.ts';

/** A received message read as an event, or why it can't be. */
export type Delivery<E> =
  | { readonly event: E; readonly facts: MessageFacts }
  | { readonly event: null; readonly body: string; readonly reason: string };

/** Reads a message's body: an SNS envelope around the event, or the event itself. Never throws for what is in it. */
export function readDelivery<E>(
  message: ReceivedMessage,
  place: { readonly subscriber: string; readonly queueUrl: string },
  reader: EventReader<E>,
): Delivery<E> {
  const { messageId, receiveCount, groupId } = message;
  const parsed = parseSnsBody(message.body);
  const text = parsed.kind === 'envelope' ? parsed.message : parsed.body;
  const origin =
    parsed.kind === 'envelope'
      ? { topicArn: parsed.topicArn, subject: parsed.subject, attributes: parsed.attributes }
      : { topicArn: undefined, subject: undefined, attributes: message.attributes };
  try {
    const { subscriber, queueUrl } = place;
    const traces = {
      traceparent: readTraceparent(origin.attributes[TRACEPARENT]?.value),
      awsTraceHeader: message.traceHeader,
    };
    const facts = { subscriber, queueUrl, messageId, receiveCount, groupId, ...origin, ...traces };
    return { event: reader.parse(text), facts };
  } catch (error) {
    // Whatever it is: one body, received again and again, must not end the whole consumer.
    return { event: null, body: text, reason: error instanceof Error ? error.message : '' };
  }
}
