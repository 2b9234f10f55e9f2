import { randomUUID } from 'node:crypto';
import { batches } from '../aws/batches.ts';
import type { EntryResult } from '../aws/received-messages.ts';
import { retried } from '../aws/retried.ts';
import { messageBytes, type OutgoingMessage } from '../aws/sent-messages.ts';
import type { ExportLines, StoredQueue } from '../aws/stored-queue.ts';
import { AppError } from '../rules/errors.ts';
import {
  MAX_BATCH_ENTRIES,
  SNS_MAX_MESSAGE_BYTES,
  SQS_MAX_MESSAGE_BYTES,
} from '../rules/limits.ts';
import { readLines } from '../rules/text/json-lines.ts';
import { invalid, readExportLine } from './dead-letter-lines.ts';

/** Lines that are sent to SQS. Every byte of a body may need six in JSON. */
const SQS_LINES: Pick<ExportLines, 'maxBytes' | 'read'> = {
  maxBytes: SQS_MAX_MESSAGE_BYTES * 6,
  read: readExportLine,
};

/** A line that was not sent. */
export interface UnsentLine {
  readonly line: number;
  readonly message: string;
}

export interface ImportOptions {
  readonly queue: StoredQueue;
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
  { queue, signal, onUnsent, onProgress }: ImportOptions,
): Promise<{ sent: number; lastLine: number; fatal: AppError | undefined }> {
  const limits = { entries: MAX_BATCH_ENTRIES, bytes: SNS_MAX_MESSAGE_BYTES, linger: 50, signal };
  let sent = 0;
  let lastLine = 0;
  let fatal: AppError | undefined;
  const messages = messagesOf(source, queue, onUnsent);
  for await (const batch of batches(messages, ({ message }) => messageBytes(message), limits)) {
    try {
      const results = await sendLines(queue, batch);
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
async function sendLines(queue: StoredQueue, batch: readonly ReadLine[]): Promise<EntryResult[]> {
  try {
    return await retried(batch, (open) => queue.send(open.map(({ message }) => message)));
  } catch (error) {
    if (!(error instanceof AppError) || !CONTENT_ERRORS.includes(error.code)) throw error;
    if (batch.length === 1) return [{ ok: false, reason: error.message, retryable: false }];
    const results: EntryResult[] = [];
    for (const line of batch) results.push(...(await sendLines(queue, [line])));
    return results;
  }
}

async function* messagesOf(
  source: AsyncIterable<Uint8Array>,
  queue: StoredQueue,
  onUnsent: (unsent: UnsentLine) => void,
): AsyncGenerator<ReadLine> {
  const { fifo } = queue;
  const { maxBytes, read: readLine } = queue.lines ?? SQS_LINES;
  for await (const read of readLines(source, maxBytes)) {
    const line = read.number;
    if ('problem' in read) {
      onUnsent({ line, message: read.problem });
      continue;
    }
    try {
      const message = readLine(read.text);
      if (fifo && message.groupId === undefined) throw invalid('a FIFO queue needs a "groupId"');
      yield { line, message: fifo ? { ...message, deduplicationId: randomUUID() } : message };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      onUnsent({ line, message: error.message });
    }
  }
}
