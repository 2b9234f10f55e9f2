import { forgetMessage } from '../records.ts';
import type { SqsState } from '../state.ts';
import { settleGroup } from './groups.ts';
import { DELAYED, GONE, IN_FLIGHT, type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';
import { servePollers } from './take.ts';

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
    if (group !== undefined) {
      if (was === IN_FLIGHT) group.inFlight -= 1;
      settleGroup(queue, group);
    }
  }
  message.body = '';
  message.attributes = undefined;
}

/** Deletes a message for a consumer, which may unlock its group for a waiting receive. */
export function deleteMessage(state: SqsState, queue: Queue, message: Message, now: number): void {
  drop(state, queue, message);
  if (state.parts.trace.active) {
    state.parts.trace.emit({
      kind: 'deleted',
      time: now,
      account: queue.account,
      region: queue.region,
      messageId: message.id,
      queueArn: queue.arn,
      by: 'consumer',
    });
  }
  if (queue.fifo) servePollers(state, queue, now);
}
