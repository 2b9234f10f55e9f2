import { messageBytes } from '../aws/sent-messages.ts';
import type { SendableMessage, StoredAttribute, StoredMessage } from '../aws/stored-message.ts';
import { isRecord } from '../events/json-value.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_MESSAGE_ATTRIBUTES, SQS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';

/** Where an exported message was, and why. */
export interface ExportOrigin {
  readonly subscriber: string;
  readonly dlq: string;
  readonly reason: string | undefined;
}

/** A message as one line of an export: everything that is needed to send it again, and what is known of it. */
export function exportRecord(
  message: StoredMessage,
  { subscriber, dlq, reason }: ExportOrigin,
): Record<string, unknown> {
  const { messageId, body, attributes, groupId, deduplicationId, traceHeader } = message;
  const { sentAt, firstReceivedAt, receiveCount, sourceArn } = message;
  return {
    subscriber,
    dlq,
    messageId,
    body,
    attributes,
    groupId: groupId ?? null,
    deduplicationId: deduplicationId ?? null,
    traceHeader: traceHeader ?? null,
    sentAt: new Date(sentAt).toISOString(),
    firstReceivedAt: firstReceivedAt === undefined ? null : new Date(firstReceivedAt).toISOString(),
    receiveCount,
    sourceArn: sourceArn ?? null,
    reason: reason ?? null,
  };
}

const ATTRIBUTE_TYPE = /^(?:String|Number|Binary)(?:\..+)?$/;

/**
 * Reads a line of an export as a message to send to SQS.
 * @throws AppError `InvalidLine` that says what is wrong with it.
 */
export function readExportLine(text: string): SendableMessage {
  const fields = readLineFields(text);
  const { body, groupId, traceHeader } = fields;
  if (body === null && typeof fields.bodyBase64 === 'string') {
    throw invalid('its body is not text, which SQS does not take');
  }
  if (typeof body !== 'string' || body === '') throw invalid('it has no text "body"');
  for (const [name, value] of Object.entries({ groupId, traceHeader })) {
    if (value !== undefined && value !== null && typeof value !== 'string') {
      throw invalid(`"${name}" is not text`);
    }
  }
  const message = {
    body,
    attributes: readAttributes(fields.attributes, MAX_MESSAGE_ATTRIBUTES),
    groupId: typeof groupId === 'string' ? groupId : undefined,
    traceHeader: typeof traceHeader === 'string' ? traceHeader : undefined,
  };
  const bytes = messageBytes(message);
  if (bytes > SQS_MAX_MESSAGE_BYTES) {
    throw invalid(`the message has ${bytes} bytes; SQS takes ${SQS_MAX_MESSAGE_BYTES}`);
  }
  return message;
}

/** Reads a line as a JSON object. @throws AppError `InvalidLine`. */
export function readLineFields(text: string): Record<string, unknown> {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isRecord(fields)) throw invalid('it is not a JSON object');
  return fields;
}

/** Reads the `attributes` of a line. @param most how many there may be. @throws AppError `InvalidLine`. */
export function readAttributes(
  given: unknown,
  most = Number.POSITIVE_INFINITY,
): Record<string, StoredAttribute> {
  if (given === undefined || given === null) return {};
  if (!isRecord(given)) throw invalid('"attributes" is not an object');
  const entries = Object.entries(given);
  if (entries.length > most) {
    throw invalid(`it has ${entries.length} attributes; SQS takes ${most}`);
  }
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      const { type, value } = isRecord(attribute) ? attribute : {};
      if (typeof type !== 'string' || typeof value !== 'string' || !ATTRIBUTE_TYPE.test(type)) {
        throw invalid(`attribute "${name}" is not { type, value } of String, Number or Binary`);
      }
      return [name, { type, value }];
    }),
  );
}

/** What is wrong with a line. @param message as a clause. */
export function invalid(message: string): AppError {
  return new AppError({ code: 'InvalidLine', message });
}
