import type { Aws } from '../../aws/clients.ts';
import { readFunctionFailures } from '../../functions/failure-in-log.ts';
import { AppError } from '../../rules/errors.ts';
import type { Failed, MessageEvent } from '../../rules/message-trace.ts';
import { functionNameOf } from '../../topology/functions/find-mapping.ts';

/** Failures that a function only named: why they were, its log alone says. */
const NAMED = 'BatchItemFailure';

/** The events of a message, with the reason from the function's log where the function named the message as failed. */
export async function withLoggedReasons(
  aws: Aws,
  events: readonly MessageEvent[],
): Promise<readonly MessageEvent[]> {
  const named = events.filter(
    (event): event is Failed => event.kind === 'failed' && event.errorType === NAMED,
  );
  const names = new Set(named.map(({ functionArn }) => functionNameOf(functionArn)));
  const since = Math.min(...events.map(({ time }) => time));
  const reasons = new Map<string, string>();
  for (const name of names) {
    const failures = await readFunctionFailures(aws, name, since).catch((error: unknown) => {
      // Who may not read the log is told what the engine knows.
      if (error instanceof AppError) return undefined;
      throw error;
    });
    for (const { messageId, requestId } of named) {
      const found = failures?.inRequest(messageId, requestId);
      if (found !== undefined) reasons.set(requestId, found.reason);
    }
  }
  if (reasons.size === 0) return events;
  return events.map((event) =>
    event.kind === 'failed'
      ? { ...event, reason: reasons.get(event.requestId) ?? event.reason }
      : event,
  );
}
