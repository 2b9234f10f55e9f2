import type { Journal } from '../../../journal/journal.ts';
import { type Alarm, TABLES } from './alarm.ts';

/** Something that happened to an alarm. */
export interface HistoryItem {
  readonly arn: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** Items that are kept of all alarms; the oldest go first. AWS keeps all for 30 days. */
const MAX_ITEMS = 2_000;

/** What happened to alarms, in the order in which it did; it outlives the alarms. */
export class AlarmHistory {
  readonly #journal: Journal;
  readonly #items = new Map<number, HistoryItem>();
  #next = 1;

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const { key, value } of journal.entries(TABLES.history)) {
      this.#items.set(Number(key), value as HistoryItem);
      this.#next = Number(key) + 1;
    }
  }

  add(alarm: Alarm, item: Omit<HistoryItem, 'arn' | 'name' | 'data'>, data: object): void {
    const { arn, settings } = alarm;
    const kept: HistoryItem = { arn, name: settings.name, ...item, data: JSON.stringify(data) };
    this.#items.set(this.#next, kept);
    this.#journal.put(TABLES.history, this.#next, kept);
    this.#next += 1;
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= MAX_ITEMS) break;
      this.#items.delete(oldest);
      this.#journal.remove(TABLES.history, oldest);
    }
  }

  /** All of it, the oldest first. */
  list(): HistoryItem[] {
    return [...this.#items.values()];
  }
}
