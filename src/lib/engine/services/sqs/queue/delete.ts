import type { SqsState } from '../state.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import { drop } from './release.ts';
import { servePollers } from './take.ts';

/** Deletes a message for a consumer, which may unlock its group for a waiting receive. */
export function deleteMessage(state: SqsState, queue: Queue, message: Message, now: number): void {
  drop(state, queue, message);
  state.parts.trace.emit({
    kind: 'deleted',
    time: now,
    account: queue.account,
    region: queue.region,
    messageId: message.id,
    queueArn: queue.arn,
    by: 'consumer',
  });
  if (queue.fifo) servePollers(state, queue, now);
}
