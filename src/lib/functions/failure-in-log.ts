import type { Aws } from '../aws/clients.ts';
import { readLogEvents } from '../aws/function-logs.ts';
import { logGroupOf } from '../rules/functions.ts';
import { createLogReader, type LogLine, UUID } from './log-lines.ts';

/** Why a function did not handle a message, as its log tells. */
export interface FunctionFailure {
  readonly reason: string;
  /** ISO 8601. */
  readonly time: string;
  readonly requestId: string | undefined;
  /** Whether the log names the message; else it is the function's last error since the message came. */
  readonly isCertain: boolean;
}

/** A failure may be told a while after the message came in last: so far is looked, in milliseconds. */
const LOOK_BACK_MS = 14 * 86_400_000;

const IDS = new RegExp(UUID, 'g');

/** Finds reasons in the log of one function. */
export interface FunctionFailures {
  /** Why a message failed last; undefined where the log says nothing. @param sentAt milliseconds since the epoch. */
  find(messageId: string, sentAt: number): FunctionFailure | undefined;
  /** Why a message failed in one invocation; undefined where its log doesn't name the message. */
  inRequest(messageId: string, requestId: string): FunctionFailure | undefined;
  /** The last error since a time, whatever message it is about. */
  last(since: number): FunctionFailure | undefined;
}

/**
 * Reads the errors of a function's log since a time.
 * @param since milliseconds since the epoch: when the oldest message was sent.
 * @throws AppError of a call that is refused.
 */
export async function readFunctionFailures(
  aws: Aws,
  functionName: string,
  since: number,
): Promise<FunctionFailures> {
  const from = Math.max(since, Date.now() - LOOK_BACK_MS);
  const events = await readLogEvents(aws, logGroupOf(functionName), { from });
  const lines = events.map(createLogReader());
  const errors = lines.filter(({ kind }) => kind === 'error');
  const latest = new Map(errors.map((each) => [each.requestId, each]));
  const named = linesById(lines);
  const last = (time: number): FunctionFailure | undefined => {
    const found = errors.findLast((each) => each.time >= time);
    return found && failureOf(found, '', false);
  };
  return {
    last,
    inRequest(messageId, requestId) {
      const found = errors.find(
        (each) => each.requestId === requestId && each.message.includes(messageId),
      );
      return found && failureOf(found, messageId, true);
    },
    find(messageId, sentAt) {
      const about = named.get(messageId) ?? [];
      const failed = about.findLast(({ kind }) => kind === 'error');
      if (failed) return failureOf(failed, messageId, true);
      // The line that names it is not an error: what its invocation ended with is.
      const request = about.at(-1)?.requestId;
      const ended = request === undefined ? undefined : latest.get(request);
      return ended ? failureOf(ended, messageId, true) : last(sentAt);
    },
  };
}

/** Lines by the ids that they name; a log is long, and many messages are looked for in it. */
function linesById(lines: readonly LogLine[]): ReadonlyMap<string, LogLine[]> {
  const found = new Map<string, LogLine[]>();
  for (const line of lines) {
    for (const id of new Set(line.message.match(IDS))) {
      const known = found.get(id);
      if (known) known.push(line);
      else found.set(id, [line]);
    }
  }
  return found;
}

function failureOf(line: LogLine, messageId: string, isCertain: boolean): FunctionFailure {
  // `message <id> failed, receive 2: why`, as the shipped handlers write it: the reason is what stands behind.
  const [, reason = line.text] =
    new RegExp(`^message ${messageId} failed(?:, receive \\d+)?: (.+)$`, 's').exec(line.text) ?? [];
  return {
    reason,
    time: new Date(line.time).toISOString(),
    requestId: line.requestId,
    isCertain,
  };
}
