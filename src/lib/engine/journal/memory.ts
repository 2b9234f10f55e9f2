import type { Journal } from './journal.ts';

/** The journal of an engine whose state ends with it: keeps nothing. */
export function memoryJournal(): Journal {
  const done = Promise.resolve();
  return {
    durable: false,
    pending: false,
    onCommit() {},
    onRefusal() {},
    refusal: undefined,
    clear() {},
    put() {},
    append() {},
    remove() {},
    committed: () => done,
    entries: () => [],
    close: () => done,
    abandon: () => done,
  };
}
