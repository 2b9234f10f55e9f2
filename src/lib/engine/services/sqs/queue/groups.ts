import type { Group } from './group.ts';
import { GONE, READY } from './message.ts';
import type { Queue } from './queue.ts';

const COMPACT_AFTER = 64;

/** The group of that id, made when it isn't there. */
export function groupOf(queue: Queue, id: string): Group {
  let group = queue.groups.get(id);
  if (group === undefined) {
    group = { id, messages: [], head: 0, servedAt: 0, turn: 0, heapIndex: -1 };
    queue.groups.set(id, group);
  }
  return group;
}

/**
 * Puts the group where it belongs after one of its messages changed: among the available ones when the first message is
 * ready, nowhere when it is empty.
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
  if (messages[group.head]?.state === READY) queue.available.push(group);
}

/** Puts a group that is being handed out behind all others that have messages now. */
export function moveBehind(queue: Queue, group: Group): void {
  queue.available.remove(group);
  queue.groupTurns += 1;
  group.turn = queue.groupTurns;
  group.servedAt = queue.nextSeq - 1;
}
