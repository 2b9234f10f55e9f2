/** Items by the traces that they have to do with, each trace's in the order in which they came. */
export class ByTrace<Item> {
  readonly #items = new Map<string, Set<Item>>();

  add(traceId: string, item: Item): void {
    const others = this.#items.get(traceId);
    if (others === undefined) this.#items.set(traceId, new Set([item]));
    else others.add(item);
  }

  remove(traceId: string, item: Item): void {
    const others = this.#items.get(traceId);
    others?.delete(item);
    if (others?.size === 0) this.#items.delete(traceId);
  }

  of(traceId: string): Item[] {
    return [...(this.#items.get(traceId) ?? [])];
  }

  clear(): void {
    this.#items.clear();
  }
}
