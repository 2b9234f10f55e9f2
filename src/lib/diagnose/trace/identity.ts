import { parseSnsBody } from '../../rules/sns-envelope.ts';

/** What a message is found and shown by. */
export interface Identity {
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
}

/**
 * The id and type of an event: `event_id` and `event_type`, else CloudEvents' `id` and `type`, else the type that an
 * attribute or EventBridge's `detail-type` tells. Never throws.
 */
export function identityOf(
  body: string,
  attributes: Readonly<Record<string, { readonly value: string }>> = {},
): Identity {
  const fields = fieldsOf(body);
  const isCloudEvent = fields.specversion !== undefined;
  const eventId = text(fields.event_id) ?? (isCloudEvent ? text(fields.id) : undefined);
  const eventType =
    text(fields.event_type) ??
    attributes.event_type?.value ??
    (isCloudEvent ? text(fields.type) : undefined) ??
    text(fields['detail-type']);
  return { eventId: eventId ?? attributes['ce-id']?.value, eventType };
}

/** What the publisher sent, of a message as a queue has it: without SNS's envelope where it has one. */
export function publishedPart(body: string): {
  readonly body: string;
  readonly topicMessageId: string | undefined;
} {
  const parsed = parseSnsBody(body);
  if (parsed.kind !== 'envelope') return { body, topicMessageId: undefined };
  return { body: parsed.message, topicMessageId: text(fieldsOf(body).MessageId) };
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
