import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import { readLogEvents } from '../aws/function-logs.ts';
import { logGroupOf } from '../rules/functions.ts';
import { createLogReader, type LogLine } from './log-lines.ts';

/** Milliseconds between looks at a log. */
const POLL_MS = { local: 150, endpoint: 500, aws: 2_000 } as const;
/** Events may come later than others that are younger: so far back is looked again, in milliseconds. */
const OVERLAP_MS = { local: 2_000, endpoint: 5_000, aws: 15_000 } as const;

/** What is read of a function's log. */
export interface LogRange {
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** A log group, by a name for what writes it. */
export interface NamedLog {
  /** Such as a function's. */
  readonly name: string;
  readonly group: string;
}

/** The lines of a log group since a time, in their order. @throws AppError of a call that is refused. */
export async function readGroup(aws: Aws, group: string, { since }: LogRange): Promise<LogLine[]> {
  const events = await readLogEvents(aws, group, { from: since });
  return events.map(createLogReader());
}

/** What is followed of a log, until the signal is aborted. */
type Follow = LogRange & { readonly signal: AbortSignal };

/**
 * Goes on with the lines of a function's log until the signal is aborted. Each line comes once.
 * @throws AppError of a call that is refused.
 */
export async function* followLog(
  aws: Aws,
  functionName: string,
  follow: Follow,
): AsyncGenerator<LogLine> {
  const log = { name: functionName, group: logGroupOf(functionName) };
  for await (const { line } of followLogs(aws, [log], follow)) yield line;
}

/**
 * Goes on with the lines of several logs until the signal is aborted, in the order of their times as far as they are
 * there by then. @throws AppError of a call that is refused.
 */
export async function* followLogs(
  aws: Aws,
  logs: readonly NamedLog[],
  { since, signal }: Follow,
): AsyncGenerator<{ readonly name: string; readonly line: LogLine }> {
  const followed = logs.map(({ name, group }) => ({ name, readOn: readerOn(aws, group, since) }));
  while (!signal.aborted) {
    const read = followed.map(async ({ name, readOn }) =>
      (await readOn()).map((line) => ({ name, line })),
    );
    yield* (await Promise.all(read)).flat().sort((a, b) => a.line.time - b.line.time);
    await sleep(POLL_MS[aws.kind], undefined, { signal }).catch(() => undefined);
  }
}

/** Reads what came to a log group since it was last called. */
function readerOn(aws: Aws, group: string, since: number): () => Promise<LogLine[]> {
  const read = createLogReader();
  const seen = new Map<string, number>();
  let from = since;
  return async () => {
    const events = await readLogEvents(aws, group, { from });
    const fresh = events.filter(({ id }) => !seen.has(id));
    for (const { id, time } of fresh) seen.set(id, time);
    const newest = events.at(-1)?.time ?? from;
    from = Math.max(from, newest - OVERLAP_MS[aws.kind]);
    for (const [id, time] of seen) if (time < from) seen.delete(id);
    return fresh.map(read);
  };
}
