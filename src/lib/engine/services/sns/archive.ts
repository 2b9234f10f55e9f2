import type { EngineParts } from '../../parts.ts';
import type { AcceptedMessage } from './message.ts';
import { TABLES } from './tables.ts';
import type { Topic } from './topic.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A message of an archive, with the time at which the topic accepted it. */
export interface ArchivedMessage extends AcceptedMessage {
  /** Milliseconds since the epoch. */
  readonly archivedAt: number;
}

/** The archives of FIFO topics: what was published since the topic has an `ArchivePolicy`, for as long as that says. */
export class Archive {
  readonly #parts: EngineParts;
  readonly #topics = new Map<string, ArchivedMessage[]>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    for (const { key, value } of parts.journal.entries(TABLES.archive)) {
      const [arn = ''] = Array.isArray(key) ? key : [];
      this.#of(String(arn)).push(value as ArchivedMessage);
    }
  }

  /** Keeps a message, if the topic has an archive. */
  add(topic: Topic, message: AcceptedMessage): void {
    if (topic.settings.archive === undefined) return;
    const archived: ArchivedMessage = { ...message, archivedAt: this.#parts.clock.timestamp() };
    this.#expire(topic);
    this.#of(topic.arn).push(archived);
    this.#parts.journal.put(TABLES.archive, [topic.arn, topic.sequence], archived);
  }

  /** The messages of a stretch of time, oldest first. */
  between(topic: Topic, start: number, end: number): readonly ArchivedMessage[] {
    this.#expire(topic);
    return this.#of(topic.arn).filter(({ archivedAt }) => archivedAt >= start && archivedAt <= end);
  }

  /** From when on messages are there to be replayed, in milliseconds since the epoch. */
  beginning(topic: Topic): number | undefined {
    const { archive, archiveSince = 0 } = topic.settings;
    if (archive === undefined) return undefined;
    return Math.max(archiveSince, this.#oldest(archive.retentionDays));
  }

  /** Forgets all messages of a topic. */
  drop(topic: Topic): void {
    for (const message of this.#of(topic.arn)) this.#remove(topic, message);
    this.#topics.delete(topic.arn);
  }

  #oldest(retentionDays: number): number {
    return this.#parts.clock.timestamp() - retentionDays * DAY_MS;
  }

  #expire(topic: Topic): void {
    const { archive } = topic.settings;
    const kept = this.#of(topic.arn);
    if (archive === undefined) return;
    const oldest = this.#oldest(archive.retentionDays);
    const over = kept.findIndex(({ archivedAt }) => archivedAt >= oldest);
    for (const message of kept.splice(0, over < 0 ? kept.length : over)) {
      this.#remove(topic, message);
    }
  }

  #remove(topic: Topic, { sequenceNumber }: ArchivedMessage): void {
    // The number in the key is the topic's own count, which the sequence number is made of.
    const count = Number(sequenceNumber?.slice(1, -3));
    this.#parts.journal.remove(TABLES.archive, [topic.arn, count]);
  }

  #of(arn: string): ArchivedMessage[] {
    let messages = this.#topics.get(arn);
    if (messages === undefined) {
      messages = [];
      this.#topics.set(arn, messages);
    }
    return messages;
  }
}
