import type { QueueReceiver } from '../../../aws/observer.ts';
import type { FailureReason } from '../../../consume/failure-reasons.ts';
import { FUNCTION_CLIENT } from '../../../rules/client-name.ts';
import { shownText } from '../../../rules/text/shown-text.ts';
import { functionNameOf, isOff } from '../../../topology/functions/find-mapping.ts';
import type { StrayMapping } from '../../../topology/functions/strays.ts';
import { type Finding, type Fix, fail, ok, subscriberCheck, warn } from '../check.ts';
import { type Fact, known } from '../fact.ts';
import type { HandlingFacts } from '../facts.ts';
import { LOOK_BACK } from '../read-published.ts';

/**
 * Whether somebody receives what waits, and nobody else does. Who receives only an engine tells; elsewhere the counts
 * have to do: what waits while nothing is in flight, nobody seems to receive.
 */
export const consumers = subscriberCheck({
  id: 'consumers',
  reads: ({ queue }) => ({ queue }),
  run: (
    { queue: { attributes } },
    { spec, receivers, branches, reasons, handling, strays = [] },
    { now },
  ): Finding => {
    const waiting = Number(attributes.ApproximateNumberOfMessages ?? 0);
    const inFlight = Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
    const depth = `${waiting} waiting, ${inFlight} in flight`;
    // What receives for a function is told by its mapping.
    const programs = (receivers ?? []).filter(({ client }) => !client.startsWith(FUNCTION_CLIENT));
    const [first, second] = rivals(programs, spec.name);
    if (first !== undefined && second !== undefined) {
      return fail(
        `${inWords(second)} takes messages from this queue beside ${inWords(first)}: what one gets, the other doesn't.`,
        second.pid === null ? undefined : { tool: 'kill', pid: second.pid },
      );
    }
    const invoked = functionsTaking(handling, strays);
    if (first !== undefined && invoked[0] !== undefined) {
      return fail(
        `${inWords(first)} takes messages from this queue beside the function ${invoked[0]}: what one gets, the other doesn't.`,
        first.pid === null ? undefined : { tool: 'kill', pid: first.pid },
      );
    }
    const listen: Fix = { tool: 'pubsub', words: ['listen', spec.name], safe: false };
    // A subscription that waits for its confirmation has sent the token for it, which is for no consumer.
    const tokens = branches.reduce(
      (sum, { attachment }) => sum + (known(attachment)?.pending.length ?? 0),
      0,
    );
    // What is wrong with a function and its mapping their own checks say.
    const isHandled = handling !== undefined || invoked.length > 0;
    if (!isHandled && waiting > tokens && (receivers?.length ?? inFlight) === 0) {
      const since = receivers === undefined ? 'nobody seems to receive' : 'nobody receives';
      return warn(`${depth}: ${since}.`, listen);
    }
    const refused = refusedAlike(reasons, now);
    if (refused !== undefined) {
      const what = `${refused.count} messages in a row failed in the last minutes, all for one reason`;
      return warn(`${depth}; ${what}: "${shownText(refused.reason)}".`);
    }
    const [reader] = rivals(receivers ?? [], spec.name);
    return ok(reader === undefined ? depth : `${depth}; ${readers(receivers ?? [], reader)}`);
  },
});

/** Functions that mappings let take from the queue: those of the topology, and others. */
function functionsTaking(
  handling: Fact<HandlingFacts> | undefined,
  strays: readonly StrayMapping[],
): string[] {
  const mappings = (handling && known(handling)?.mappings) ?? [];
  return [
    ...mappings
      .filter((mapping) => !isOff(mapping))
      .map(({ functionArn }) => functionNameOf(functionArn)),
    ...strays.filter(({ enabled }) => enabled).map(({ functionName }) => functionName),
  ];
}

/** Messages that failed alike from which on a consumer counts as one that refuses every message. */
const MANY_FAILURES = 3;

/**
 * The reason for which the latest messages failed, where it is one and the same for all of the last minutes: a consumer
 * that takes no message as it is looks as busy as one that works.
 */
function refusedAlike(
  reasons: readonly FailureReason[],
  now: number,
): { readonly count: number; readonly reason: string } | undefined {
  const lately = reasons.filter(({ time }) => now - Date.parse(time) < LOOK_BACK);
  const kinds = new Set(
    lately.map(({ reason }) => reason.trim().replaceAll(/[0-9a-f-]{36}|\d+/g, '#')),
  );
  const [latest] = lately;
  if (latest === undefined || lately.length < MANY_FAILURES || kinds.size > 1) return undefined;
  return { count: lately.length, reason: latest.reason.trim() };
}

/** Who receives: the processes of one program share a queue, each gets a part of its messages. */
function readers(receivers: readonly QueueReceiver[], first: QueueReceiver): string {
  if (receivers.length < 2) return `${inWords(first)} receives`;
  const pids = receivers.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  const named = pids.length > 0 ? ` (pid ${pids.join(', ')})` : '';
  return `${receivers.length} readers share it: ${first.client}${named}`;
}

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
