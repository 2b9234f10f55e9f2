import type { Command } from 'commander';
import type { MessageReach } from '../../lib/aws/message-trace.ts';
import { parseArn } from '../../lib/rules/names.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';

/** How far messages came, by id; undefined where nobody tells it. */
export type ReadReach = (
  messageIds: readonly string[],
) => Promise<ReadonlyMap<string, MessageReach> | undefined>;

/**
 * Says how many queues the messages reached, and how to see why one was not: SNS tells the publisher nothing of a
 * filter or a queue's policy. Nothing is said where nobody knows.
 */
export function printReach(
  command: Command,
  { printer }: CommandContext,
  reach: ReadonlyMap<string, MessageReach>,
): void {
  const all = [...reach];
  const [first] = all;
  if (first === undefined) return;
  const short = all.filter(([, { delivered, subscriptions }]) => delivered < subscriptions);
  const [example = first] = short;
  const why = commandLine(command, `trace ${example[0]}`);
  const { delivered, subscriptions } = example[1];
  if (subscriptions === 0) {
    printer.note('Nobody is subscribed to the topic: it reached no queue.');
  } else if (all.length === 1) {
    printer.note(
      short.length === 0
        ? `Reached ${queues(subscriptions)}.`
        : `Reached ${delivered} of ${queues(subscriptions)}: ${why}`,
    );
  } else if (short.length === 0) {
    printer.note(`Each reached ${queues(subscriptions)}.`);
  } else {
    printer.note(
      `${short.length} of ${all.length} did not reach every queue, such as one that reached ${delivered} of ${subscriptions}: ${why}`,
    );
  }
}

/** What kept messages from queues that were reached before, or would be: one line for each queue, with the cure. */
export function printRefusals(
  command: Command,
  { printer }: CommandContext,
  refusals: readonly Refusal[],
): void {
  for (const { queueArn, reason, delivered, isPolicy } of refusals) {
    const queue = parseArn(queueArn)?.resource ?? queueArn;
    const outcome = delivered ? 'Delivered, which AWS would not do, to' : 'Not delivered to';
    const cure = commandLine(command, isPolicy ? 'doctor --fix' : 'doctor');
    printer.warn(`${outcome} ${queue}: ${reason.replace(/\.$/, '')}. Fix it with: ${cure}`);
  }
}

/** A queue that refused a message, or would have on AWS. */
export interface Refusal {
  readonly queueArn: string;
  readonly reason: string;
  readonly delivered: boolean;
  /** Whether the queue's policy says no, and not its key or that it is gone. */
  readonly isPolicy: boolean;
}

function queues(count: number): string {
  return count === 1 ? '1 queue' : `${count} queues`;
}
