import { randomUUID } from 'node:crypto';
import { batches } from '../aws/batches.ts';
import type { Aws } from '../aws/clients.ts';
import type { EntryResult } from '../aws/received-messages.ts';
import { retried } from '../aws/retried.ts';
import {
  isFifoQueue,
  messageBytes,
  type OutgoingMessage,
  sendBatch,
} from '../aws/sent-messages.ts';
import type { SendableMessage, StoredAttribute, StoredMessage } from '../aws/stored-message.ts';
import { AppError } from '../rules/errors.ts';
import {
  MAX_BATCH_ENTRIES,
  MAX_MESSAGE_ATTRIBUTES,
  SNS_MAX_MESSAGE_BYTES,
  SQS_MAX_MESSAGE_BYTES,
} from '../rules/limits.ts';
import { readLines } from '../rules/text/json-lines.ts';

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

/** Longest line that is read: every byte of a body may need six in JSON. */
const MAX_LINE_BYTES = SQS_MAX_MESSAGE_BYTES * 6;
const ATTRIBUTE_TYPE = /^(?:String|Number|Binary)(?:\..+)?$/;

/**
 * Reads a line of an export as a message to send.
 * @throws AppError `InvalidLine` that says what is wrong with it.
 */
export function readExportLine(text: string): SendableMessage {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isRecord(fields)) throw invalid('it is not a JSON object');
  const { body, groupId, traceHeader } = fields;
  if (typeof body !== 'string' || body === '') throw invalid('it has no text "body"');
  for (const [name, value] of Object.entries({ groupId, traceHeader })) {
    if (value !== undefined && value !== null && typeof value !== 'string') {
      throw invalid(`"${name}" is not text`);
    }
  }
  const message = {
    body,
    attributes: readAttributes(fields.attributes),
    groupId: typeof groupId === 'string' ? groupId : undefined,
    traceHeader: typeof traceHeader === 'string' ? traceHeader : undefined,
  };
  const bytes = messageBytes(message);
  if (bytes > SQS_MAX_MESSAGE_BYTES) {
    throw invalid(`the message has ${bytes} bytes; SQS takes ${SQS_MAX_MESSAGE_BYTES}`);
  }
  return message;
}

function readAttributes(given: unknown): Record<string, StoredAttribute> {
  if (given === undefined || given === null) return {};
  if (!isRecord(given)) throw invalid('"attributes" is not an object');
  const entries = Object.entries(given);
  if (entries.length > MAX_MESSAGE_ATTRIBUTES) {
    throw invalid(`it has ${entries.length} attributes; SQS takes ${MAX_MESSAGE_ATTRIBUTES}`);
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

/** A line that was not sent. */
export interface UnsentLine {
  readonly line: number;
  readonly message: string;
}

export interface ImportOptions {
  readonly aws: Aws;
  readonly queueUrl: string;
  /** Aborted to read no more; what is in hand is finished. */
  readonly signal: AbortSignal;
  readonly onUnsent: (unsent: UnsentLine) => void;
  readonly onProgress: (sent: number) => void;
}

/**
 * Sends the messages of an export to a queue, ten a request, in the order of the lines; lines that hold none are told
 * and left out. Each gets a deduplication id of its own on a FIFO queue.
 * @returns how many were sent, how many lines were read, and what ended it early.
 */
export async function importLines(
  source: AsyncIterable<Uint8Array>,
  { aws, queueUrl, signal, onUnsent, onProgress }: ImportOptions,
): Promise<{ sent: number; lastLine: number; fatal: AppError | undefined }> {
  const fifo = isFifoQueue(queueUrl);
  const limits = { entries: MAX_BATCH_ENTRIES, bytes: SNS_MAX_MESSAGE_BYTES, linger: 50, signal };
  let sent = 0;
  let lastLine = 0;
  let fatal: AppError | undefined;
  const messages = messagesOf(source, fifo, onUnsent);
  for await (const batch of batches(messages, ({ message }) => messageBytes(message), limits)) {
    try {
      const results = await sendLines(aws, queueUrl, batch);
      results.forEach((result, index) => {
        const { line = 0 } = batch[index] ?? {};
        if (result.ok) sent++;
        else onUnsent({ line, message: result.reason });
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      fatal = error;
      break;
    }
    lastLine = batch.at(-1)?.line ?? lastLine;
    onProgress(sent);
  }
  return { sent, lastLine, fatal };
}

interface ReadLine {
  readonly line: number;
  readonly message: OutgoingMessage;
}

/** Refusals of a whole request because of what is in one of its messages (`SendMessageBatch`). */
const CONTENT_ERRORS: readonly string[] = [
  'InvalidMessageContents',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'InvalidAttributeValue',
  'MissingParameter',
  'BatchRequestTooLong',
  'AWS.SimpleQueueService.BatchRequestTooLong',
];

/** Sends lines in one request; where that is refused for what is in it, one by one, so that the others get through. */
async function sendLines(
  aws: Aws,
  queueUrl: string,
  batch: readonly ReadLine[],
): Promise<EntryResult[]> {
  try {
    return await retried(batch, (open) =>
      sendBatch(
        aws,
        queueUrl,
        open.map(({ message }) => message),
      ),
    );
  } catch (error) {
    if (!(error instanceof AppError) || !CONTENT_ERRORS.includes(error.code)) throw error;
    if (batch.length === 1) return [{ ok: false, reason: error.message, retryable: false }];
    const results: EntryResult[] = [];
    for (const line of batch) results.push(...(await sendLines(aws, queueUrl, [line])));
    return results;
  }
}

async function* messagesOf(
  source: AsyncIterable<Uint8Array>,
  fifo: boolean,
  onUnsent: (unsent: UnsentLine) => void,
): AsyncGenerator<ReadLine> {
  for await (const read of readLines(source, MAX_LINE_BYTES)) {
    const line = read.number;
    if ('problem' in read) {
      onUnsent({ line, message: read.problem });
      continue;
    }
    try {
      const message = readExportLine(read.text);
      if (fifo && message.groupId === undefined) throw invalid('a FIFO queue needs a "groupId"');
      yield { line, message: fifo ? { ...message, deduplicationId: randomUUID() } : message };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      onUnsent({ line, message: error.message });
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): AppError {
  return new AppError({ code: 'InvalidLine', message });
}
