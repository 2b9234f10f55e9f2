import { forgetMessage } from '../message-records.ts';
import type { SqsState } from '../state.ts';
import type { MessageTable } from './message-table.ts';
import { emptyContents, type Queue } from './queue.ts';

/** Messages of which the trace is told, the newest: of older ones it hardly has anything left. */
const MOST_TRACED = 10_000;
/** Messages taken out of the journal at a time, so that other calls get their turn in between. */
const AT_ONCE = 500;

/**
 * Drops all messages of a queue at once, also those in flight. The journal's entries go in the background: whoever
 * calls this MUST record that messages numbered below `nextSeq` are no more, by the queue's absence or by its
 * `purgedBelow`.
 */
export function emptyQueue(
  state: SqsState,
  queue: Queue,
  by: 'purge' | 'queue-deletion',
  now: number,
): void {
  const { table } = queue;
  traceAll(state, queue, by, now);
  Object.assign(queue, emptyContents());
  queue.attempts.clear();
  queue.cursor = queue.nextSeq;
  queue.oldest = queue.nextSeq;
  if (state.parts.journal.durable) sweep(state, table, 0);
}

function sweep(state: SqsState, table: MessageTable, from: number): void {
  if (state.isOver) return;
  let next = from;
  for (let left = AT_ONCE; left > 0; left -= 1) {
    const message = table.next(next);
    if (message === undefined) return;
    forgetMessage(state.parts.journal, message);
    next = message.seq + 1;
  }
  setImmediate(() => sweep(state, table, next));
}

function traceAll(
  state: SqsState,
  queue: Queue,
  by: 'purge' | 'queue-deletion',
  time: number,
): void {
  const { account, region, arn: queueArn } = queue;
  let message = queue.table.next(Math.max(0, queue.nextSeq - MOST_TRACED));
  while (message !== undefined) {
    const messageId = message.id;
    state.parts.trace.emit({ kind: 'deleted', time, account, region, messageId, queueArn, by });
    message = queue.table.next(message.seq + 1);
  }
}
