import type { MessageEvent } from '../rules/message-trace.ts';
import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

/** A part of what an engine keeps of what happened to messages. */
export interface MessageLogPart {
  /** By the engine's clock, in milliseconds since the epoch. */
  readonly time: number;
  /** Tells this log from others: an engine that was started again, or reset, numbers events from 1. */
  readonly log: string;
  /** The time from which on no event is missing, in milliseconds since the epoch. */
  readonly from: number;
  /** Events after the one that was named that are not among these. */
  readonly skipped: number;
  /** The number of the last event of these: what comes after it is asked for next. */
  readonly last: number;
  /** How many more there are. */
  readonly more: number;
  /** The oldest first; at most 1,000. */
  readonly events: readonly MessageEvent[];
}

/**
 * Asks the endpoint what happened to messages after an event (`GET /_pubsub/log` of an embedded engine). Asks nobody on
 * `aws`.
 * @param after `log` and `last` of the answer before; from the oldest event that is kept on without it.
 * @param options.newest leaves out all but the newest where there are more than an answer holds.
 * @returns undefined where something else than an engine answers, or nobody.
 */
export async function readMessageLog(
  aws: Aws,
  after: Pick<MessageLogPart, 'log' | 'last'> | undefined,
  options: { readonly newest?: boolean } = {},
): Promise<MessageLogPart | undefined> {
  const query = new URLSearchParams({
    ...(after && { log: after.log, after: String(after.last) }),
    ...(options.newest && { newest: '' }),
  });
  const found = (await observed(aws, `/_pubsub/log?${query}`)) as Partial<MessageLogPart> | null;
  const isPart = typeof found?.log === 'string' && Array.isArray(found.events);
  return isPart ? (found as MessageLogPart) : undefined;
}
