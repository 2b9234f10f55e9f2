import { type HeapItem, IndexedHeap } from './indexed-heap.ts';
import type { Message } from './message.ts';

/**
 * A message group of a FIFO queue: its messages in order. A message is held back by an earlier one that is in flight or
 * delayed, never by a later one.
 */
export interface Group extends HeapItem {
  readonly id: string;
  /** Oldest first from `head` on; slots before `head` are spent. */
  messages: Message[];
  head: number;
  /** The number of the queue's newest message when the group was last handed out: all messages of that time come first. */
  servedAt: number;
  /** Tells apart groups that were handed out at the same `servedAt`: the lower was first. */
  turn: number;
}

/**
 * Groups in the order in which they are handed out: by the age of their first message, and those that were handed out
 * already behind what was there at that time, so that one group which fails again and again doesn't starve the others.
 */
export function groupHeap(): IndexedHeap<Group> {
  return new IndexedHeap<Group>((a, b) => {
    const placeOfA = place(a);
    const placeOfB = place(b);
    return placeOfA === placeOfB ? a.turn < b.turn : placeOfA < placeOfB;
  });
}

function place(group: Group): number {
  return Math.max(group.servedAt, (group.messages[group.head] as Message).seq);
}
