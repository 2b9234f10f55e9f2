import { AppError, EXIT } from '../../rules/errors.ts';
import type { QueuedMessage } from '../control/message-types.ts';

/** The most messages that can be waited for. */
export const MAX_WAIT_COUNT = 999_999;

/** What to wait for, as `/_pubsub/wait` reads it. */
export interface WaitRequest {
  readonly queue: string;
  readonly count: string;
  readonly timeout: string;
  /** A filter policy as JSON. */
  readonly where?: string;
}

/**
 * Waits until enough messages lie in a queue of an engine; nothing is received.
 *
 * @throws AppError with what the engine says (`WaitTimedOut`), `EngineUnreachable`, or `Interrupted` when `signal` aborts
 */
export async function waitInQueue(
  endpoint: string,
  wanted: WaitRequest,
  { token, signal }: { readonly token: string | undefined; readonly signal: AbortSignal },
): Promise<readonly QueuedMessage[]> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let answer: Response;
  let body: string;
  try {
    const init = { method: 'POST', body: JSON.stringify(wanted), headers, signal };
    answer = await fetch(`${endpoint}/_pubsub/wait`, init);
    body = await answer.text();
  } catch (cause) {
    throw signal.aborted ? interrupted(wanted.queue) : unreachable(endpoint, cause);
  }
  try {
    const read = JSON.parse(body) as { messages?: QueuedMessage[]; error?: { code: string } };
    if (answer.ok && read.messages !== undefined) return read.messages;
    const { error } = read as { error?: { code: string; message: string; hint?: string } };
    if (error !== undefined) {
      const exitCode = answer.status === 400 ? EXIT.usage : EXIT.failed;
      throw new AppError({ ...error, exitCode });
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
  }
  throw unreachable(endpoint, new Error(`it answered ${answer.status}`));
}

function interrupted(queue: string): AppError {
  return new AppError({
    code: 'Interrupted',
    message: `Stopped waiting for ${queue}.`,
    exitCode: EXIT.interrupted,
  });
}

function unreachable(endpoint: string, cause: unknown): AppError {
  return new AppError({
    code: 'EngineUnreachable',
    message: `There is no pubsub engine at ${endpoint} that could be asked.`,
    hint: 'pubsub local start',
    cause,
  });
}
