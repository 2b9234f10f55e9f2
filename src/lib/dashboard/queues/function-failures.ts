import type { Aws } from '../../aws/clients.ts';
import { type FunctionFailures, readFunctionFailures } from '../../functions/failure-in-log.ts';
import { functionsTakingFrom } from '../../topology/functions/taking-from.ts';
import type { FailureReason } from '../api/queues.ts';
import { unlessRefused } from '../unless-refused.ts';
import type { FoundQueue } from './found-queue.ts';
import type { LookedAt } from './look.ts';

/** Says why functions failed on a message, as far as their logs tell. */
export type FunctionReasons = (message: LookedAt) => FailureReason[];

/**
 * Reads in the logs of the functions that take from a queue, or from those whose dead letters come there, why messages
 * failed. Nothing is said of messages that nobody received, and where the logs may not be read.
 */
export async function readFunctionReasons(
  aws: Aws,
  { queue, sources }: FoundQueue,
  messages: readonly LookedAt[],
): Promise<FunctionReasons> {
  const received = messages.filter(({ receiveCount }) => receiveCount > 0);
  if (received.length === 0) return () => [];
  const since = Math.min(...received.map(({ sentAt }) => sentAt));
  const logs = await unlessRefused(logsOf(aws, [queue, ...sources], since));
  return ({ messageId, sentAt, receiveCount }) => {
    if (receiveCount === 0) return [];
    return logs.flatMap((log) => {
      const found = log.find(messageId, sentAt);
      if (found === undefined) return [];
      const { time, reason, isCertain } = found;
      if (isCertain) return [{ time, reason, receiveCount: null }];
      // What failed last need not have to do with a message that only waits.
      if (sources.length === 0) return [];
      const words = `${reason} (the function's last error; its log doesn't name the message)`;
      return [{ time, reason: words, receiveCount: null }];
    });
  };
}

async function logsOf(
  aws: Aws,
  queues: FoundQueue['sources'],
  since: number,
): Promise<FunctionFailures[]> {
  const names = await functionsTakingFrom(
    aws,
    queues.map(({ arn }) => arn),
  );
  return Promise.all(names.map((name) => readFunctionFailures(aws, name, since)));
}
