import type { MessageLogPart } from '../rules/message-log.ts';
import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

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
