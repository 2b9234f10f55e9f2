import { observedAttributes } from '../../observe/attribute-values.ts';
import type { HistoryLine } from './history-line.ts';
import { HistoryPages } from './history-pages.ts';
import { messageJson } from './json-string.ts';
import type { AcceptedMessage } from './message.ts';

/** What is kept of one topic, and of all topics together. */
export interface HistoryLimits {
  /** At least so many messages, where the bytes allow it. */
  readonly messages: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export const HISTORY_LIMITS: HistoryLimits = {
  messages: 10_000,
  bytes: 16 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
};

/**
 * What was published lately, by topic: the newest messages, in memory, gone with the engine. They are kept as the text
 * that a reader gets, outside the heap: thousands of small objects would be copied by the garbage collector for longer
 * than it takes to write them.
 */
export class History {
  readonly #limits: HistoryLimits;
  readonly #since: number;
  readonly #topics = new Map<string, HistoryPages>();
  #bytes = 0;

  /** @param since when the engine began, in milliseconds since the epoch. */
  constructor(since: number, limits = HISTORY_LIMITS) {
    this.#since = since;
    this.#limits = limits;
  }

  add(topicArn: string, message: AcceptedMessage, time: number): void {
    let pages = this.#topics.get(topicArn);
    if (pages === undefined) {
      pages = new HistoryPages(this.#since);
      this.#topics.set(topicArn, pages);
    }
    const before = pages.bytes;
    pages.add(lineOf(message, time), time);
    // Only a new page takes room.
    if (pages.bytes === before) return;
    const { messages, bytes, totalBytes } = this.#limits;
    while (pages.bytes > bytes || pages.messagesAfterFirst >= messages) pages.dropFirst();
    this.#bytes += pages.bytes - before;
    while (this.#bytes > totalBytes && this.#shrinkLargest());
  }

  /** Forgets a topic that was deleted. */
  forget(topicArn: string): void {
    this.#bytes -= this.#topics.get(topicArn)?.bytes ?? 0;
    this.#topics.delete(topicArn);
  }

  /**
   * The messages of a topic from `since` on as lines of JSON (`HistoryLine`), the oldest first, and the time from which
   * on none is missing; both in milliseconds since the epoch.
   * @param most of them, the newest.
   */
  read(
    topicArn: string,
    since = 0,
    most?: number,
  ): { readonly from: number; readonly lines: Uint8Array[] } {
    const pages = this.#topics.get(topicArn);
    if (pages === undefined) return { from: this.#since, lines: [] };
    return { from: pages.from, lines: pages.since(since, most) };
  }

  /**
   * The messages of all topics that have a text in their line of JSON, the oldest of each topic first.
   * @returns each with the ARN of its topic.
   */
  containing(text: string): { readonly topicArn: string; readonly line: Uint8Array }[] {
    const bytes = Buffer.from(text);
    return [...this.#topics].flatMap(([topicArn, pages]) =>
      pages.containing(bytes).map((line) => ({ topicArn, line })),
    );
  }

  /** Whether there was something to drop. */
  #shrinkLargest(): boolean {
    let largest: HistoryPages | undefined;
    for (const pages of this.#topics.values()) {
      if (largest === undefined || pages.bytes > largest.bytes) largest = pages;
    }
    if (largest === undefined || largest.bytes === 0) return false;
    const before = largest.bytes;
    largest.dropFirst();
    this.#bytes -= before - largest.bytes;
    return true;
  }
}

function lineOf(message: AcceptedMessage, time: number): string {
  const { messageId, body, subject, attributes, groupId, deduplicationId, sequenceNumber } =
    message;
  const first = `{"messageId":"${messageId}","time":${time},"body":${messageJson(body)},`;
  if (isPlain(message)) return `${first}"attributes":{}}\n`;
  const others: Omit<HistoryLine, 'messageId' | 'time' | 'body'> = {
    subject,
    attributes: observedAttributes(attributes.values),
    messageGroupId: groupId,
    messageDeduplicationId: deduplicationId,
    sequenceNumber,
  };
  return `${first}${JSON.stringify(others).slice(1)}\n`;
}

/** Whether a message has nothing but a body. */
function isPlain({ subject, attributes, groupId, sequenceNumber }: AcceptedMessage): boolean {
  const isOfFifo = sequenceNumber !== undefined;
  return attributes.count === 0 && subject === undefined && groupId === undefined && !isOfFifo;
}
