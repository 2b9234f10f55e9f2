import type { ReceivedMessage } from '../aws/received-messages.ts';
import type { EventReader } from '../events/event-codec.ts';
import { parseSnsBody } from '../rules/sns-envelope.ts';
import { messageTraceparent, TRACEPARENT } from '../rules/trace-context.ts';
import type { MessageFacts } from './consumed.ts';
import { thrownReason } from './thrown-reason.ts';

/** A received message read as an event, or why it can't be. `text` is what the publisher sent. */
export type Delivery<E> =
  | { readonly event: E; readonly text: string; readonly facts: MessageFacts }
  | { readonly event: null; readonly text: string; readonly reason: string };

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
      : { topicArn: undefined, subject: message.subject, attributes: message.attributes };
  try {
    const event = reader.read({
      // The same in every copy that SNS makes of a message.
      messageId: parsed.kind === 'envelope' ? parsed.messageId : messageId,
      text,
      attributes: origin.attributes,
    });
    const { subscriber, queueUrl } = place;
    const traces = {
      traceparent: messageTraceparent(origin.attributes[TRACEPARENT]?.value, message.traceHeader),
      awsTraceHeader: message.traceHeader,
    };
    const named = { eventId: reader.id(event), eventType: reader.type(event) };
    const received = { subscriber, queueUrl, messageId, receiveCount, groupId };
    return { event, text, facts: { ...received, ...named, ...origin, ...traces } };
  } catch (error) {
    // Whatever it is: one body, received again and again, must not end the whole consumer.
    return { event: null, text, reason: thrownReason(error) };
  }
}
