import { DEDUPLICATION_WINDOW_SECONDS } from '../../../rules/limits.ts';
import type { EngineParts } from '../../parts.ts';
import { TABLES } from './tables.ts';

const WINDOW = DEDUPLICATION_WINDOW_SECONDS * 1000;

/** What the first message of a deduplication id was answered with. */
export interface Accepted {
  readonly messageId: string;
  readonly sequenceNumber: string;
}

interface Entry extends Accepted {
  readonly expires: number;
}

/**
 * The messages that FIFO topics accepted in the last five minutes, by topic and deduplication id, and by message group
 * as well where the topic's `FifoThroughputScope` says so ("Message deduplication for FIFO topics", SNS Developer
 * Guide). Entries are kept in order of expiry, and old ones go when a new one comes: no timer is needed.
 */
export class Deduplication {
  readonly #parts: EngineParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const restored: [string, Entry][] = [];
    for (const { key, value } of parts.journal.entries(TABLES.deduplication)) {
      restored.push([String(key), value as Entry]);
    }
    restored.sort(([, a], [, b]) => a.expires - b.expires);
    for (const [key, entry] of restored) this.#entries.set(key, entry);
  }

  /** The message that an id was first used for, when that was less than five minutes ago. */
  find(topicArn: string, groupId: string | undefined, id: string): Accepted | undefined {
    const entry = this.#entries.get(keyOf(topicArn, groupId, id));
    return entry !== undefined && entry.expires > this.#parts.clock.now() ? entry : undefined;
  }

  /** Remembers a message; `groupId` only where groups are apart. */
  remember(topicArn: string, groupId: string | undefined, id: string, accepted: Accepted): void {
    const now = this.#parts.clock.now();
    this.#expire(now);
    const key = keyOf(topicArn, groupId, id);
    const entry: Entry = { ...accepted, expires: now + WINDOW };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#parts.journal.put(TABLES.deduplication, key, entry);
  }

  /** A topic that is made again under the same name begins afresh. */
  forgetTopic(topicArn: string): void {
    const prefix = `${topicArn}\n`;
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#drop(key);
  }

  #expire(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.expires > now) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#entries.delete(key);
    this.#parts.journal.remove(TABLES.deduplication, key);
  }
}

/** Neither ARNs nor ids hold a line break. */
function keyOf(topicArn: string, groupId: string | undefined, id: string): string {
  return groupId === undefined ? `${topicArn}\n${id}` : `${topicArn}\n${groupId}\n${id}`;
}
