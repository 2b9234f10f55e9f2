import type { IncomingMessage } from 'node:http';
import { AppError } from '../rules/errors.ts';
import type { Aws } from './clients.ts';
import { observe } from './engine-paths.ts';
import { type ObservedAttribute, readAttributes } from './observed-attributes.ts';

/** A message as it was published to a topic. */
export interface HistoryMessage {
  readonly messageId: string;
  readonly time: Date;
  /** What queues get of it. */
  readonly body: string;
  readonly subject: string | undefined;
  /** Values of the type `Binary` in base64. */
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
}

/** What a topic's history holds. */
export interface TopicHistory {
  /** The time from which on no message is missing: the engine keeps the newest ones only, and in memory. */
  readonly from: Date;
  /**
   * The oldest first; to be read once, and to its end or left by `break`. Throws AppError `HistoryCutOff` when the
   * engine ends in the middle.
   */
  readonly messages: AsyncIterable<HistoryMessage>;
}

/**
 * Asks the endpoint what was published to a topic (`GET /_pubsub/history` of an embedded engine). Asks nobody on `aws`.
 * @param since the time of the earliest message wanted. @param most of them, the newest.
 * @returns undefined where something else than an engine answers, or the engine has no such topic.
 */
export async function readHistory(
  aws: Aws,
  topicArn: string,
  since: Date,
  most?: number,
): Promise<TopicHistory | undefined> {
  const query = new URLSearchParams({
    topic: topicArn,
    since: since.toISOString(),
    ...(most !== undefined && { limit: String(most) }),
  });
  const answer = await observe(aws, `/_pubsub/history?${query}`);
  const from = new Date(String(answer?.headers['x-pubsub-history-from']));
  if (answer?.statusCode !== 200 || Number.isNaN(from.getTime())) {
    answer?.destroy();
    return undefined;
  }
  // A reader may take its time.
  answer.setTimeout(0);
  return { from, messages: historyMessages(answer) };
}

async function* historyMessages(answer: IncomingMessage): AsyncGenerator<HistoryMessage> {
  try {
    let rest = '';
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield historyMessage(JSON.parse(line) as HistoryLine);
    }
  } catch (cause) {
    throw new AppError({
      code: 'HistoryCutOff',
      message: `The engine stopped telling what was published: ${(cause as Error).message}.`,
      hint: 'See whether it runs with: pubsub local status',
      cause,
    });
  } finally {
    answer.destroy();
  }
}

/** A line of the history, as the engine writes it. */
export interface HistoryLine {
  readonly messageId: string;
  readonly time: number;
  readonly body: string;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, ObservedAttribute>>;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly sequenceNumber?: string;
}

/** Reads a line of the history. */
export function historyMessage(line: HistoryLine): HistoryMessage {
  return {
    messageId: line.messageId,
    time: new Date(line.time),
    body: line.body,
    subject: line.subject,
    attributes: readAttributes(line.attributes),
    groupId: line.messageGroupId,
    deduplicationId: line.messageDeduplicationId,
    sequenceNumber: line.sequenceNumber,
  };
}
