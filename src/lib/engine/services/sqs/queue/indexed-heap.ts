/** What a heap holds: the heap keeps the item's place in it, -1 while it is in none. */
export interface HeapItem {
  heapIndex: number;
}

/**
 * A binary heap whose items know their place, so that any of them can be taken out in O(log n). An item MUST be in at
 * most one heap, and MUST be removed before what orders it changes.
 */
export class IndexedHeap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before` says whether `a` comes out ahead of `b`. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The item that comes out next. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#up(item, this.#items.length - 1);
  }

  shift(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes the item out; nothing happens when it is in no heap, or in another one. */
  remove(item: T): void {
    const index = item.heapIndex;
    if (index < 0 || this.#items[index] !== item) return;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#up(last, index);
    this.#down(last, last.heapIndex);
  }

  #up(item: T, from: number): void {
    const items = this.#items;
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = items[above] as T;
      if (!this.#before(item, parent)) break;
      items[index] = parent;
      parent.heapIndex = index;
      index = above;
    }
    items[index] = item;
    item.heapIndex = index;
  }

  #down(item: T, from: number): void {
    const items = this.#items;
    const size = items.length;
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= size) break;
      const right = left + 1;
      const smaller =
        right < size && this.#before(items[right] as T, items[left] as T) ? right : left;
      const child = items[smaller] as T;
      if (!this.#before(child, item)) break;
      items[index] = child;
      child.heapIndex = index;
      index = smaller;
    }
    items[index] = item;
    item.heapIndex = index;
  }
}
