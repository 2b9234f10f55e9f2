import { readExactFields } from '../events/json-value.ts';
import { type EventMessage, readMessage } from '../events/message.ts';
import type { FilterableMessage } from '../rules/filter-policy/index.ts';
import { type EnvelopeAttribute, parseSnsBody } from '../rules/sns-envelope.ts';

/** A message that a topic has handed out to somebody who watches. */
export interface Tapped {
  /** SNS's message id; where the envelope is missing, SQS's. */
  readonly messageId: string;
  /** What the publisher sent. */
  readonly text: string;
  /** What the text is. */
  readonly event: EventMessage;
  /** The text's fields; undefined where it is not a JSON object. Decimals are kept to the letter. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly subject: string | undefined;
  /** The publisher's; `value` of a `Binary` one is base64 text. */
  readonly attributes: Readonly<Record<string, EnvelopeAttribute>>;
  readonly groupId: string | undefined;
  readonly sequenceNumber: string | undefined;
  /** When SNS took it, in milliseconds since the epoch; undefined where nobody says. */
  readonly publishedAt: number | undefined;
  /** Milliseconds from then until it was here; undefined for what comes from a topic's history. */
  readonly ms: number | undefined;
}

/** Reads a message of a tap's queue. Never throws for what is in it. @param now in milliseconds since the epoch. */
export function readTapped(
  message: {
    readonly messageId: string;
    readonly body: string;
    readonly groupId: string | undefined;
    readonly subject?: string | undefined;
    readonly attributes: Readonly<Record<string, EnvelopeAttribute>>;
  },
  now: number,
): Tapped {
  const parsed = parseSnsBody(message.body);
  const { groupId } = message;
  if (parsed.kind === 'raw') {
    const { messageId, body, attributes, subject } = message;
    return tapped({ messageId, body, attributes, groupId, subject });
  }
  const time = Date.parse(parsed.timestamp);
  const publishedAt = Number.isNaN(time) ? undefined : time;
  return {
    ...tapped({ ...parsed, body: parsed.message, groupId }),
    publishedAt,
    // Clocks differ: nothing comes before it was sent.
    ms: publishedAt === undefined ? undefined : Math.max(0, now - publishedAt),
  };
}

/** Reads a message of a topic's history. Never throws for what is in it. */
export function readHistorical(message: {
  readonly messageId: string;
  readonly time: Date;
  readonly body: string;
  readonly subject: string | undefined;
  readonly attributes: Readonly<Record<string, EnvelopeAttribute>>;
  readonly groupId: string | undefined;
  readonly sequenceNumber: string | undefined;
}): Tapped {
  return { ...tapped(message), publishedAt: message.time.getTime() };
}

/** What a filter policy sees of a message. */
export function filterable({ attributes, text }: Tapped): FilterableMessage {
  return {
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { type, value }]) => [
        name,
        type.startsWith('Binary') ? { DataType: type } : { DataType: type, StringValue: value },
      ]),
    ),
    body: text,
  };
}

function tapped(message: {
  readonly messageId: string;
  readonly body: string;
  readonly subject?: string | undefined;
  readonly attributes: Readonly<Record<string, EnvelopeAttribute>>;
  readonly groupId: string | undefined;
  readonly sequenceNumber?: string | undefined;
}): Tapped {
  const { messageId, body, subject, attributes, groupId, sequenceNumber } = message;
  return {
    messageId,
    text: body,
    event: readMessage({ messageId, text: body, attributes }),
    fields: readExactFields(body),
    subject,
    attributes,
    groupId,
    sequenceNumber,
    publishedAt: undefined,
    ms: undefined,
  };
}
