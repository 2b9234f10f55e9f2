import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Engine } from '../engine.ts';

/** The header that tells from which time on no message is missing (ISO 8601). */
export const HISTORY_FROM = 'X-Pubsub-History-From';

const SECONDS = /^\d+(\.\d+)?$/;
/** What `Date.parse` reads beyond this depends on the JavaScript engine. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Answers with what was published to a topic, as JSON lines (`HistoryLine`), the oldest first.
 *
 * @param query `topic`: an ARN; `since`: an ISO 8601 time, or seconds before now; everything kept without it; `limit`: so
 * many of them, the newest
 */
export async function writeHistory(
  { sns, clock }: Engine,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const topicArn = query.get('topic') ?? '';
  const since = sinceOf(query.get('since'), clock.timestamp());
  if (!sns.topics.has(topicArn)) return refuse(response, 404, `there is no topic ${topicArn}`);
  if (since === undefined) return refuse(response, 400, 'since is not an ISO 8601 time or seconds');
  const limit = /^[1-9]\d{0,8}$/.exec(query.get('limit') ?? '');
  const { from, lines } = sns.history.read(topicArn, since, limit ? Number(limit[0]) : undefined);
  response.writeHead(200, {
    'Content-Type': 'application/x-ndjson',
    [HISTORY_FROM]: new Date(from).toISOString(),
  });
  try {
    await pipeline(Readable.from(lines), response);
  } catch {
    // The reader has gone.
  }
}

function sinceOf(text: string | null, now: number): number | undefined {
  if (text === null || text === '') return 0;
  if (SECONDS.test(text)) return now - Number(text) * 1000;
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function refuse(response: ServerResponse, status: number, error: string): void {
  const body = `${JSON.stringify({ error })}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
