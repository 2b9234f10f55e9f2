import { ok, subscriberCheck, warn } from '../check.ts';

/** Whether somebody receives what waits. */
export const consumers = subscriberCheck({
  id: 'consumers',
  reads: ({ queue }) => ({ queue }),
  run: ({ queue: { attributes } }, { spec }) => {
    const waiting = Number(attributes.ApproximateNumberOfMessages ?? 0);
    const inFlight = Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
    const depth = `${waiting} waiting, ${inFlight} in flight`;
    if (waiting > 0 && inFlight === 0) {
      return warn(`${depth}: nobody seems to receive.`, {
        tool: 'pubsub',
        words: `listen ${spec.name}`,
        safe: false,
      });
    }
    return ok(depth);
  },
});
