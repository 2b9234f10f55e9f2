import type { BatchLimits } from '../aws/batches.ts';

/** What has an order to keep: within its group. */
export interface Grouped {
  readonly group: string;
  readonly bytes: number;
}

/** Bounds of one batch, and of what waits for one. */
export interface GroupLimits extends BatchLimits {
  /** Items and bytes that are taken from the source before their groups are free. */
  readonly ahead: { readonly items: number; readonly bytes: number };
}

/** Wakes the one who waits for it, if anybody does. */
class Bell {
  private wake: () => void = () => {};

  ring(): void {
    this.wake();
  }

  /** Resolves at the next ring, or after so many milliseconds. */
  heard(after: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = after === undefined ? undefined : setTimeout(resolve, after);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * Puts a stream into batches in which each group has one item at the most, and hands out no other item of a group until
 * it is told what became of that one: so that a group's items are sent one after the other, and groups side by side.
 * Whoever takes a batch MUST call `free` or `drop` for each of its groups.
 */
export class GroupedBatches<T extends Grouped> {
  private readonly limits: GroupLimits;
  /** What waits, by group; a group of which nothing waits is not in it. */
  private readonly lines = new Map<string, T[]>();
  /** Groups whose next item may go, those that wait longest first. */
  private readonly ready = new Set<string>();
  /** Groups of which an item is under way. */
  private readonly busy = new Set<string>();
  private items = 0;
  private bytes = 0;
  private ended = false;
  private readonly toTake = new Bell();
  private readonly toRead = new Bell();

  constructor(limits: GroupLimits) {
    this.limits = limits;
  }

  /** The batches of a stream. When the signal aborts, it ends: what was read and not handed out is in `rest`. */
  async *from(source: AsyncIterable<T>): AsyncGenerator<T[]> {
    const { signal } = this.limits;
    let failure: { readonly error: unknown } | undefined;
    const iterator = source[Symbol.asyncIterator]();
    void this.read(iterator)
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        this.ended = true;
        this.toTake.ring();
      });
    const wakeAll = (): void => {
      this.toTake.ring();
      this.toRead.ring();
    };
    signal.addEventListener('abort', wakeAll);
    try {
      let readySince: number | undefined;
      while (!signal.aborted && !(this.ended && this.items === 0)) {
        if (this.ready.size === 0) readySince = undefined;
        else readySince ??= performance.now();
        const wait = this.waitFor(readySince);
        if (wait === 0) {
          yield this.take();
          readySince = undefined;
        } else {
          await this.toTake.heard(wait);
        }
      }
      if (failure) throw failure.error;
    } finally {
      signal.removeEventListener('abort', wakeAll);
      // Not awaited: a source that is still waiting for its next item would hold up the end.
      void iterator.return?.(undefined).catch(() => {});
    }
  }

  /** Says that the item of a group that was under way is accepted: the next one may go. */
  free(group: string): void {
    this.busy.delete(group);
    if (this.lines.has(group)) this.ready.add(group);
    this.toTake.ring();
  }

  /** Says that the item of a group that was under way failed. @returns what waited behind it: it won't be handed out. */
  drop(group: string): readonly T[] {
    const waiting = this.lines.get(group) ?? [];
    this.lines.delete(group);
    this.forget(waiting);
    this.ready.delete(group);
    this.free(group);
    return waiting;
  }

  /** Gives back what was read and never handed out, each group in its order. */
  rest(): readonly T[] {
    return [...this.lines.keys()].flatMap((group) => this.drop(group));
  }

  private async read(iterator: AsyncIterator<T>): Promise<void> {
    const { signal } = this.limits;
    while (!signal.aborted) {
      if (this.isFull()) {
        await this.toRead.heard(undefined);
        continue;
      }
      const { done, value } = await iterator.next();
      if (done || signal.aborted) return;
      const line = this.lines.get(value.group);
      if (line) line.push(value);
      else this.lines.set(value.group, [value]);
      this.items++;
      this.bytes += value.bytes;
      if (!this.busy.has(value.group)) this.ready.add(value.group);
      this.toTake.ring();
    }
  }

  private isFull(): boolean {
    const { ahead } = this.limits;
    return this.items >= ahead.items || this.bytes >= ahead.bytes;
  }

  /** Milliseconds until a batch should go; undefined where that depends on others. */
  private waitFor(readySince: number | undefined): number | undefined {
    if (readySince === undefined) return undefined;
    if (this.ready.size >= this.limits.entries || this.ended || this.isFull()) return 0;
    return Math.max(0, Math.ceil(readySince + this.limits.linger - performance.now()));
  }

  private take(): T[] {
    const batch: T[] = [];
    let bytes = 0;
    for (const group of this.ready) {
      const line = this.lines.get(group) ?? [];
      const [head] = line;
      if (head === undefined) continue;
      if (batch.length === this.limits.entries) break;
      if (batch.length > 0 && bytes + head.bytes > this.limits.bytes) break;
      line.shift();
      if (line.length === 0) this.lines.delete(group);
      this.ready.delete(group);
      this.busy.add(group);
      batch.push(head);
      bytes += head.bytes;
    }
    this.forget(batch);
    return batch;
  }

  private forget(items: readonly T[]): void {
    this.items -= items.length;
    for (const { bytes } of items) this.bytes -= bytes;
    this.toRead.ring();
  }
}
