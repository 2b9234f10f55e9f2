import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Engine } from '../engine.ts';
import type { PublishedMessage } from '../sns/history.ts';

/** A published message as the history tells it, one a line. */
export interface HistoryLine {
  readonly messageId: string;
  /** When the topic accepted it, in milliseconds since the epoch. */
  readonly time: number;
  /** What queues get of it (with `MessageStructure` `json`, the text for them). */
  readonly body: string;
  readonly subject?: string;
  /** Values of the type `Binary` in base64. */
  readonly attributes: Record<string, { readonly dataType: string; readonly value: string }>;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly sequenceNumber?: string;
}

/** The header that tells from which time on no message is missing (ISO 8601). */
export const HISTORY_FROM = 'X-Pubsub-History-From';

/** Characters that are written at once. */
const CHUNK = 64 * 1024;

/**
 * Answers with what was published to a topic, as JSON lines, the oldest first.
 *
 * @param query `topic`: an ARN; `since`: an ISO 8601 time, or seconds before now; everything kept without it
 */
export async function writeHistory(
  { sns, clock }: Engine,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const topicArn = query.get('topic') ?? '';
  const since = sinceOf(query.get('since'), clock.now());
  if (!sns.topics.has(topicArn)) return refuse(response, 404, `there is no topic ${topicArn}`);
  if (since === undefined) return refuse(response, 400, 'since is no ISO 8601 time or seconds');
  const { from, messages } = sns.history.read(topicArn, since);
  response.writeHead(200, {
    'Content-Type': 'application/x-ndjson',
    [HISTORY_FROM]: new Date(from).toISOString(),
  });
  try {
    await pipeline(chunksOf(messages), response);
  } catch {
    // The reader has gone.
  }
}

function* chunksOf(messages: readonly PublishedMessage[]): Generator<string> {
  let chunk = '';
  for (const published of messages) {
    chunk += `${JSON.stringify(lineOf(published))}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function sinceOf(text: string | null, now: number): number | undefined {
  if (text === null || text === '') return 0;
  const time = /^\d+(\.\d+)?$/.test(text) ? now - Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function lineOf({ message, time }: PublishedMessage): HistoryLine {
  const { messageId, body, subject, attributes, groupId, deduplicationId, sequenceNumber } =
    message;
  return {
    messageId,
    time,
    body,
    ...(subject === undefined ? {} : { subject }),
    attributes: Object.fromEntries(
      Object.entries(attributes.values).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType,
          value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
        },
      ]),
    ),
    ...(groupId === undefined ? {} : { messageGroupId: groupId }),
    ...(deduplicationId === undefined ? {} : { messageDeduplicationId: deduplicationId }),
    ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
  };
}

function refuse(response: ServerResponse, status: number, error: string): void {
  const body = `${JSON.stringify({ error })}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
