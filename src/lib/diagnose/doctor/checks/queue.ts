import { fail, ok, SETUP, subscriberCheck } from '../check.ts';
import { orAbsent } from '../fact.ts';

/** Whether the subscriber's queue is there. */
export const queue = subscriberCheck({
  id: 'queue',
  reads: ({ queue }) => ({ queue: orAbsent(queue) }),
  run: ({ queue }, { queueArn }) => {
    if (queue === undefined) {
      return fail(`There is no queue ${queueArn}: what the topic sends there is dropped.`, SETUP);
    }
    return ok(queue.arn);
  },
});
