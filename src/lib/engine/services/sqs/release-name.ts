import { TABLES } from './records.ts';
import { queueKey, type SqsState } from './state.ts';

/** Lets the name of a deleted queue be used again before its minute is over. */
export function releaseQueueName(state: SqsState, queueArn: string): void {
  const [, , , region = '', account = '', name = ''] = queueArn.split(':');
  if (state.deletedAt.delete(queueKey(account, region, name))) {
    state.parts.journal.remove(TABLES.deletedQueues, [account, region, name]);
  }
}
