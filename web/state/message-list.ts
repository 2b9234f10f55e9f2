import { computed, signal } from '@preact/signals';
import type { MessagePage, MessageRow, StreamFrame } from '../../src/lib/dashboard/api/index.ts';
import { ApiError, api } from './api.ts';
import { createDue } from './due.ts';
import { type Filters, fits, needsServer } from './filters.ts';
import { queryOf } from './route.ts';
import { RowBuffer } from './row-buffer.ts';

/** Rows that are kept. */
const MAX_ROWS = 100_000;
const PAGE_SIZE = 200;
/** A frame has at most so many messages: with as many, others may be missing. */
const FULL_FRAME = 200;
/** How soon messages are read anew that came too fast, or that only the server can filter; in milliseconds. */
const REFRESH_MS = 700;

/**
 * The messages that fit some filters, the newest first, as they come. While it is paused nothing is put in, so that
 * what is looked at stays where it is; outcomes of what is shown change nevertheless. What doesn't fit any more goes when
 * the list goes on.
 */
export class MessageList {
  readonly rows = new RowBuffer(MAX_ROWS);
  /** Changes whenever `rows` does. */
  readonly version = signal(0);
  /** How many came while it was paused. */
  readonly waiting = signal(0);
  readonly paused = signal(false);
  readonly problem = signal<ApiError | undefined>(undefined);
  /** The last answer of the server; undefined until the first. */
  readonly page = signal<MessagePage | undefined>(undefined);
  /** Whether there are older ones to read. */
  readonly hasOlder = computed(() => this.#cursor.value !== null);
  readonly #cursor = signal<string | null>(null);
  readonly #filters: Filters;
  readonly #arrived = new Map<string, MessageRow>();
  /** What came while the newest were being read: the answer may be older than these. */
  readonly #meanwhile = new Map<string, MessageRow>();
  #reading: AbortController | undefined;
  readonly #refreshDue = createDue(() => this.refresh());
  #readingOlder = false;
  /** Whether events were missed while the list was held still. */
  #isStale = false;
  /** Whether a row may be there whose outcome is not the one that is asked for any more. */
  #hasMisfits = false;

  constructor(filters: Filters) {
    this.#filters = filters;
  }

  /** Reads the newest messages, in place of what is there. */
  async reload(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.#meanwhile.clear();
    const page = await this.#read(undefined, reading.signal);
    if (reading.signal.aborted) return;
    this.#reading = undefined;
    if (page === undefined) return this.#meanwhile.clear();
    this.#isStale = false;
    this.#hasMisfits = false;
    this.#arrived.clear();
    this.waiting.value = 0;
    this.rows.clear();
    this.rows.addOlder(page.messages);
    this.#cursor.value = page.next;
    this.#takeRows([...this.#meanwhile.values()]);
    this.version.value++;
  }

  /** Reads what is older than the last row. */
  async older(): Promise<void> {
    const before = this.#cursor.peek();
    if (before === null || this.#readingOlder) return;
    this.#readingOlder = true;
    const page = await this.#read(before).finally(() => {
      this.#readingOlder = false;
    });
    if (page === undefined || this.#cursor.peek() !== before) return;
    this.rows.addOlder(page.messages);
    this.#cursor.value = this.rows.size < MAX_ROWS ? page.next : null;
    this.version.value++;
  }

  /** Takes what the stream says. */
  take({ messages, skipped }: StreamFrame): void {
    if (this.#reading) for (const row of messages) this.#meanwhile.set(row.id, row);
    this.#takeRows(messages);
    const isGap = skipped > 0 || messages.length >= FULL_FRAME;
    if (isGap || (needsServer(this.#filters) && messages.length > 0)) {
      this.#refreshDue.within(REFRESH_MS);
    }
  }

  #takeRows(messages: readonly MessageRow[]): void {
    const isShown = (row: MessageRow): boolean => this.rows.replace(row);
    const shown = new Set(messages.filter(isShown));
    const unknown = messages.filter((row) => !shown.has(row));
    if (shown.size > 0) this.version.value++;
    this.#hasMisfits ||= [...shown].some((row) => !fits(this.#filters, row));
    if (needsServer(this.#filters)) return;
    for (const row of unknown) {
      if (fits(this.#filters, row)) this.#arrived.set(row.id, row);
      else this.#arrived.delete(row.id);
    }
    for (const id of this.#arrived.keys()) {
      if (this.#arrived.size <= MAX_ROWS) break;
      this.#arrived.delete(id);
      this.#isStale = true;
    }
    this.waiting.value = this.#arrived.size;
    if (!this.paused.peek()) this.#putIn();
  }

  /** Holds the list still, or puts in what came meanwhile. */
  pause(paused: boolean): void {
    if (paused === this.paused.peek()) return;
    this.paused.value = paused;
    if (paused) return;
    if (this.#isStale) void this.reload();
    else this.#putIn();
  }

  /** Events may have been missed: reads the newest again, now or when the list goes on. */
  refresh(): void {
    if (this.paused.peek()) this.#isStale = true;
    else void this.reload();
  }

  /** Ends what is under way. */
  close(): void {
    this.#reading?.abort();
    this.#refreshDue.cancel();
  }

  async #read(before?: string, signal?: AbortSignal): Promise<MessagePage | undefined> {
    const query = queryOf({ ...this.#filters, before, limit: String(PAGE_SIZE) });
    try {
      const page = await api.messages(query, signal);
      this.problem.value = undefined;
      this.page.value = page;
      return page;
    } catch (error) {
      if (error instanceof ApiError) this.problem.value = error;
      else if (!signal?.aborted) throw error;
      return undefined;
    }
  }

  #putIn(): void {
    const arrived = [...this.#arrived.values()].sort((a, b) => b.time - a.time);
    const newest = this.rows.at(0)?.time ?? 0;
    // Of an outcome, a message may come that is older than others of that outcome.
    const isMixed = this.#filters.outcome !== '' && arrived.some(({ time }) => time < newest);
    if (!this.#hasMisfits && arrived.length === 0) return;
    if (this.#hasMisfits || isMixed) this.rows.sift((row) => fits(this.#filters, row), arrived);
    else this.rows.addNewer(arrived);
    this.#hasMisfits = false;
    this.#arrived.clear();
    this.waiting.value = 0;
    this.version.value++;
  }
}
