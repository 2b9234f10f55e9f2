import { randomUUID } from 'node:crypto';
import type { Aws } from '../aws/clients.ts';
import { entryBytes, type PublishEntry, publishBatch } from '../aws/publish.ts';
import { messageBytes, type OutgoingMessage, sendBatch } from '../aws/sent-messages.ts';
import type { HistoryMessage } from '../aws/topic-history.ts';
import { type EventMessage, readMessage } from '../events/message.ts';
import { type Condition, meets } from '../events/where.ts';
import { isFifo } from '../rules/fifo.ts';
import { MAX_BATCH_ENTRIES, SNS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';

/** Which messages are meant; all of what is given has to hold. */
export interface ReplayFilter {
  readonly type: string | undefined;
  readonly where: readonly Condition[];
}

/** A message that was published, and what it says. */
export interface ReplayMessage {
  readonly message: HistoryMessage;
  readonly event: EventMessage;
}

/** Reads a published message; undefined where it isn't meant. */
export function isSelectedForReplay(
  message: HistoryMessage,
  { type, where }: ReplayFilter,
): ReplayMessage | undefined {
  const { messageId, body: text, attributes } = message;
  const event = readMessage({ messageId, text, attributes });
  if (type !== undefined && event.type !== type) return undefined;
  return where.every((condition) => meets(event.value, condition)) ? { message, event } : undefined;
}

/** How a replay ended. */
export interface ReplayResult {
  readonly sent: number;
  /** Why the others were not sent, each once. */
  readonly failures: readonly string[];
}

/**
 * Publishes messages again, in their order, with their subject, attributes and group. They are new messages: a FIFO
 * topic gets a new deduplication id for each.
 * @throws AppError `TopicNotFound`, or what a whole request failed with.
 */
export async function replayToTopic(
  aws: Aws,
  topicArn: string,
  messages: readonly ReplayMessage[],
): Promise<ReplayResult> {
  const entries = messages.map(
    ({ message: { body, subject, attributes, groupId } }): PublishEntry => ({
      message: body,
      subject,
      attributes,
      ...(isFifo(topicArn)
        ? { fifo: { groupId: groupId ?? 'replay', deduplicationId: randomUUID() } }
        : {}),
    }),
  );
  return inBatches(entries, entryBytes, (batch) => publishBatch(aws, topicArn, batch));
}

/**
 * Sends messages to one queue as its subscription would have delivered them: raw, or in SNS's envelope, which has no
 * signature since only SNS can sign.
 * @throws AppError `QueueNotFound`, or what a whole request failed with.
 */
export async function replayToQueue(
  aws: Aws,
  queue: { readonly url: string; readonly topicArn: string; readonly raw: boolean },
  messages: readonly ReplayMessage[],
): Promise<ReplayResult> {
  const outgoing = messages.map(({ message }): OutgoingMessage => {
    const { body, attributes, groupId } = message;
    return {
      body: queue.raw ? body : envelope(message, queue.topicArn),
      attributes: queue.raw ? attributes : {},
      groupId: isFifo(queue.url) ? (groupId ?? 'replay') : undefined,
      traceHeader: undefined,
      ...(isFifo(queue.url) ? { deduplicationId: randomUUID() } : {}),
    };
  });
  return inBatches(outgoing, messageBytes, (batch) => sendBatch(aws, queue.url, batch));
}

/** "HTTP/HTTPS notification JSON format" (SNS Developer Guide), as queues get it. */
function envelope(message: HistoryMessage, topicArn: string): string {
  const { messageId, subject, body, time, attributes } = message;
  const entries = Object.entries(attributes).map(([name, { type, value }]) => [
    name,
    { Type: type, Value: value },
  ]);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: body,
    Timestamp: time.toISOString(),
    ...(entries.length === 0 ? {} : { MessageAttributes: Object.fromEntries(entries) }),
  });
}

type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string }
  | { readonly ok: false; readonly reason: string };

/** One batch after the other, so that the order stays; a request has ten entries and 256 KiB at the most. */
async function inBatches<T>(
  entries: readonly T[],
  bytesOf: (entry: T) => number,
  send: (batch: readonly T[]) => Promise<readonly Outcome[]>,
): Promise<ReplayResult> {
  let sent = 0;
  const failures = new Set<string>();
  for (let at = 0; at < entries.length; ) {
    const batch: T[] = [];
    let bytes = 0;
    for (const entry of entries.slice(at, at + MAX_BATCH_ENTRIES)) {
      bytes += bytesOf(entry);
      if (batch.length > 0 && bytes > SNS_MAX_MESSAGE_BYTES) break;
      batch.push(entry);
    }
    for (const outcome of await send(batch)) {
      if (outcome.ok) sent += 1;
      else failures.add('message' in outcome ? outcome.message : outcome.reason);
    }
    at += batch.length;
  }
  return { sent, failures: [...failures] };
}
