import type { QueueReceiver } from '../../../aws/observer.ts';
import { type Finding, type Fix, fail, ok, subscriberCheck, warn } from '../check.ts';
import { known } from '../fact.ts';

/**
 * Whether somebody receives what waits, and nobody else does. Who receives only an engine tells; elsewhere the counts
 * have to do: what waits while nothing is in flight, nobody seems to receive.
 */
export const consumers = subscriberCheck({
  id: 'consumers',
  reads: ({ queue }) => ({ queue }),
  run: ({ queue: { attributes } }, { spec, receivers, branches }): Finding => {
    const waiting = Number(attributes.ApproximateNumberOfMessages ?? 0);
    const inFlight = Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
    const depth = `${waiting} waiting, ${inFlight} in flight`;
    const [first, second] = rivals(receivers ?? [], spec.name);
    if (first !== undefined && second !== undefined) {
      return fail(
        `${inWords(second)} takes messages from this queue beside ${inWords(first)}: what one gets, the other doesn't.`,
        second.pid === null ? undefined : { tool: 'kill', pid: second.pid },
      );
    }
    const listen: Fix = { tool: 'pubsub', words: ['listen', spec.name], safe: false };
    // A subscription that waits for its confirmation has sent the token for it, which is for no consumer.
    const tokens = branches.reduce(
      (sum, { attachment }) => sum + (known(attachment)?.pending.length ?? 0),
      0,
    );
    if (waiting > tokens && (receivers?.length ?? inFlight) === 0) {
      const since =
        receivers === undefined ? 'nobody seems to receive' : 'nobody received in the last minute';
      return warn(`${depth}: ${since}.`, listen);
    }
    return ok(first === undefined ? depth : `${depth}; ${inWords(first)} receives`);
  },
});

/** One receiver of each program that receives, the one that belongs here first. Several processes of one are a team. */
function rivals(receivers: readonly QueueReceiver[], subscriber: string): QueueReceiver[] {
  const own = `pubsub-subscriber/${subscriber}`;
  const programs = new Map<string, QueueReceiver>();
  for (const each of receivers) {
    if (!programs.has(each.client)) programs.set(each.client, each);
  }
  return [...programs.values()].sort((a, b) => Number(b.client === own) - Number(a.client === own));
}

function inWords({ client, pid, messages, secondsAgo }: QueueReceiver): string {
  const process = pid === null ? '' : `, pid ${pid}`;
  return `${client} (${messages} messages in the last minute, last heard of ${secondsAgo} s ago${process})`;
}
