import type { Group } from './group.ts';
import { GONE, READY } from './message.ts';
import type { Queue } from './queue.ts';

const COMPACT_AFTER = 64;

/** The group of that id, made when it isn't there. */
export function groupOf(queue: Queue, id: string): Group {
  let group = queue.groups.get(id);
  if (group === undefined) {
    group = { id, messages: [], head: 0, inFlight: 0, heapIndex: -1 };
    queue.groups.set(id, group);
  }
  return group;
}

/**
 * Puts the group where it belongs after one of its messages changed: among the available ones when no message is in
 * flight and the first is ready, nowhere when it is empty.
 */
export function settleGroup(queue: Queue, group: Group): void {
  const { messages } = group;
  queue.available.remove(group);
  while (group.head < messages.length && messages[group.head]?.state === GONE) group.head += 1;
  if (group.head === messages.length) {
    queue.groups.delete(group.id);
    return;
  }
  if (group.head > COMPACT_AFTER && group.head * 2 > messages.length) {
    messages.splice(0, group.head);
    group.head = 0;
  }
  if (group.inFlight === 0 && messages[group.head]?.state === READY) queue.available.push(group);
}
