/** Messages that wait for a handler, in the order of their receives. */
export interface WaitingLine<T> {
  readonly size: number;
  add(item: T): void;
  /** Takes the next one that may begin; nothing where there is none. Its group is busy until `done`. */
  next(): T | undefined;
  /** The item is done with: the next one of its group may begin. */
  done(item: T): void;
  /** Takes out those that wait behind an item in its group: what failed must come before them. */
  behind(item: T): readonly T[];
  /** Takes out all. */
  clear(): readonly T[];
}

/**
 * Creates a line of waiting messages.
 * @param groupOf the group whose order is kept: one at a time, in the order of receives ("FIFO queue delivery logic").
 * Undefined for a message whose order doesn't matter.
 */
export function createWaitingLine<T>(groupOf: (item: T) => string | undefined): WaitingLine<T> {
  let line: T[] = [];
  const busy = new Set<string>();
  return {
    get size() {
      return line.length;
    },
    add: (item) => void line.push(item),
    next() {
      const at = line.findIndex((item) => !busy.has(groupOf(item) ?? ''));
      const [item] = at < 0 ? [] : line.splice(at, 1);
      const group = item === undefined ? undefined : groupOf(item);
      if (group !== undefined) busy.add(group);
      return item;
    },
    done(item) {
      busy.delete(groupOf(item) ?? '');
    },
    behind(item) {
      const group = groupOf(item);
      if (group === undefined) return [];
      const rest = line.filter((each) => groupOf(each) === group);
      line = line.filter((each) => groupOf(each) !== group);
      return rest;
    },
    clear() {
      const all = line;
      line = [];
      return all;
    },
  };
}
