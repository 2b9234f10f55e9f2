import { type HeapItem, IndexedHeap } from './indexed-heap.ts';
import type { Message } from './message.ts';

/** A message group of a FIFO queue: its messages in order; locked while one of them is in flight. */
export interface Group extends HeapItem {
  readonly id: string;
  /** Oldest first from `head` on; slots before `head` are spent. */
  messages: Message[];
  head: number;
  inFlight: number;
}

/** Groups by the age of their first message. */
export function groupHeap(): IndexedHeap<Group> {
  return new IndexedHeap<Group>((a, b) => headSeq(a) < headSeq(b));
}

function headSeq(group: Group): number {
  return (group.messages[group.head] as Message).seq;
}
