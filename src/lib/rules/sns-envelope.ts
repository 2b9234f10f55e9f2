/** A message attribute as the envelope carries it; `value` of a `Binary` attribute is base64 text. */
export interface EnvelopeAttribute {
  readonly type: string;
  readonly value: string;
}

/** What SNS says around a message that it delivers without `RawMessageDelivery`. */
export interface SnsEnvelope {
  readonly kind: 'envelope';
  readonly message: string;
  readonly subject?: string;
  readonly messageId: string;
  readonly topicArn: string;
  /** ISO 8601 time at which SNS took the message; empty when the envelope has none. */
  readonly timestamp: string;
  /** Set for messages of FIFO topics. */
  readonly sequenceNumber?: string;
  readonly attributes: Readonly<Record<string, EnvelopeAttribute>>;
}

/** A body that is not an SNS notification: delivered raw, or sent to the queue by something else. */
export interface RawBody {
  readonly kind: 'raw';
  readonly body: string;
}

const NO_ATTRIBUTES: Readonly<Record<string, EnvelopeAttribute>> = Object.freeze({});

/**
 * Reads the body of a received SQS message. A JSON object of `Type` `Notification` with a text `Message`, `MessageId`
 * and `TopicArn` is an envelope; everything else is raw. Never throws.
 *
 * Format: "Parsing Amazon SNS message formats", "HTTP/HTTPS notification JSON format" (SNS Developer Guide).
 */
export function parseSnsBody(body: string): SnsEnvelope | RawBody {
  // Most raw bodies are told apart here, so that a large JSON body isn't parsed twice.
  if (!mayBeEnvelope(body)) return { kind: 'raw', body };
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch {
    return { kind: 'raw', body };
  }
  if (!isRecord(fields) || fields.Type !== 'Notification') return { kind: 'raw', body };
  const { Message, MessageId, TopicArn, Subject, Timestamp, SequenceNumber } = fields;
  if (typeof Message !== 'string') return { kind: 'raw', body };
  if (typeof MessageId !== 'string' || typeof TopicArn !== 'string') return { kind: 'raw', body };
  return {
    kind: 'envelope',
    message: Message,
    ...(typeof Subject === 'string' ? { subject: Subject } : {}),
    messageId: MessageId,
    topicArn: TopicArn,
    timestamp: typeof Timestamp === 'string' ? Timestamp : '',
    ...(typeof SequenceNumber === 'string' ? { sequenceNumber: SequenceNumber } : {}),
    attributes: readAttributes(fields.MessageAttributes),
  };
}

function mayBeEnvelope(body: string): boolean {
  let start = 0;
  while (start < body.length && isJsonSpace(body.charCodeAt(start))) start++;
  return body.charCodeAt(start) === 0x7b && body.includes('"Notification"', start);
}

function isJsonSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function readAttributes(given: unknown): Readonly<Record<string, EnvelopeAttribute>> {
  if (!isRecord(given)) return NO_ATTRIBUTES;
  // No prototype: `__proto__` is a name like any other here.
  const attributes: Record<string, EnvelopeAttribute> = Object.create(null);
  for (const [name, attribute] of Object.entries(given)) {
    if (!isRecord(attribute)) continue;
    const { Type, Value } = attribute;
    if (typeof Type === 'string' && typeof Value === 'string') {
      attributes[name] = { type: Type, value: Value };
    }
  }
  return attributes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
