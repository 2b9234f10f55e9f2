import { signal } from '@preact/signals';
import type { Filters } from '../../state/filters.ts';
import { MessageList } from '../../state/message-list.ts';
import { listen } from '../../state/stream.ts';

/** A list and how it is looked at: it is the same when somebody comes back to it. */
export interface CurrentList {
  readonly list: MessageList;
  /** In pixels. */
  readonly scrollTop: { value: number };
  /** Somebody pressed pause. */
  readonly held: { value: boolean };
  /** The row that the keyboard is at. */
  readonly active: { value: number | undefined };
}

let current: (CurrentList & { readonly key: string; readonly end: () => void }) | undefined;

/** The list of some filters. Those of others ends. */
export function listFor(filters: Filters): CurrentList {
  const key = JSON.stringify(filters);
  if (current?.key === key) return current;
  current?.end();
  const list = new MessageList(filters);
  const stop = listen({
    frame: (frame) => list.take(frame),
    resync: () => list.refresh(),
  });
  void list.reload();
  const end = (): void => {
    stop();
    list.close();
  };
  current = {
    key,
    list,
    end,
    scrollTop: { value: 0 },
    held: signal(false),
    active: signal<number | undefined>(undefined),
  };
  return current;
}
