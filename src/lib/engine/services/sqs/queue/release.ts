import { forgetMessage } from '../message-records.ts';
import type { SqsState } from '../state.ts';
import { count } from './counts.ts';
import { settleGroup } from './groups.ts';
import { GONE, type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';
import { leaveTenant } from './tenants.ts';

/** Takes a message out of its queue for good, in memory and in the journal, whatever state it is in. */
export function drop(state: SqsState, queue: Queue, message: Message): void {
  forgetMessage(state.parts.journal, message);
  queue.table.delete(message.seq);
  count(queue, message, -1);
  if (message.state === READY) queue.returned.remove(message);
  else queue.due.remove(message);
  leaveTenant(queue, message);
  message.state = GONE;
  if (message.extra?.age !== undefined) queue.ages.remove(message.extra.age);
  if (queue.fifo) {
    const group = queue.groups.get(message.extra?.groupId ?? '');
    if (group !== undefined) settleGroup(queue, group);
  }
  message.body = '';
  message.attributes = undefined;
}
