import { forgetMessage } from '../records.ts';
import type { SqsState } from '../state.ts';
import { settleGroup } from './groups.ts';
import { DELAYED, GONE, type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';

/** Takes a message out of its queue for good, in memory and in the journal, whatever state it is in. */
export function drop(state: SqsState, queue: Queue, message: Message): void {
  forgetMessage(state.parts.journal, message);
  queue.table.delete(message.seq);
  const was = message.state;
  if (was === READY) {
    queue.visible -= 1;
    queue.returned.remove(message);
  } else {
    if (was === DELAYED) queue.delayed -= 1;
    else queue.inFlight -= 1;
    queue.due.remove(message);
  }
  message.state = GONE;
  if (message.extra?.age !== undefined) queue.ages.remove(message.extra.age);
  if (queue.fifo) {
    const group = queue.groups.get(message.extra?.groupId ?? '');
    if (group !== undefined) settleGroup(queue, group);
  }
  message.body = '';
  message.attributes = undefined;
}
