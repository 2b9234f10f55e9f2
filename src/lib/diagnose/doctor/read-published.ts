import type { Aws } from '../../aws/clients.ts';
import { type HistoryMessage, readHistory } from '../../aws/topic-history.ts';
import { AppError } from '../../rules/errors.ts';
import { DEDUPLICATION_WINDOW_SECONDS } from '../../rules/limits.ts';

/** How far back published messages are looked at, in milliseconds. */
export const LOOK_BACK = 2 * DEDUPLICATION_WINDOW_SECONDS * 1000;

/** What was published to a topic in the last minutes, oldest first; nothing where no engine tells it. */
export async function readPublished(aws: Aws, topicArn: string): Promise<HistoryMessage[]> {
  const history = await readHistory(aws, topicArn, new Date(Date.now() - LOOK_BACK));
  const found: HistoryMessage[] = [];
  if (history === undefined) return found;
  try {
    for await (const message of history.messages) found.push(message);
  } catch (error) {
    // What came before the engine ended is true nevertheless.
    if (!(error instanceof AppError)) throw error;
  }
  return found;
}
