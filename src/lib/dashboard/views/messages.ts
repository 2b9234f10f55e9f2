import type { MessagePage, MessageRow } from '../api/messages.ts';
import type { Dashboard } from '../dashboard.ts';
import type { RouteRequest } from '../http/route.ts';
import type { LogFollower } from '../live/log-follower.ts';
import { type KnownMessage, rowOf } from '../live/message-row.ts';
import { cursorOf, isMeant, type ReadQuery, readQuery } from './message-query.ts';

/** Messages that one answer looks at: where few are meant, the page asks again from where this one ended. */
const MAX_EXAMINED = 5_000;

/** Where nobody keeps what was published. */
function unknown({ commands }: Dashboard): MessagePage {
  const why = 'What was published can not be known here: only the local engine keeps it.';
  const remarks = [`${why} Watch what comes with: ${commands.pubsub('tap')}`];
  return { messages: [], next: null, knownFrom: null, known: 0, remarks };
}

/** `GET messages` */
export async function messages(
  dashboard: Dashboard,
  { query, signal }: RouteRequest,
): Promise<MessagePage> {
  const wanted = readQuery(query);
  const follower = await dashboard.live.messages(signal);
  if (follower?.log === undefined) return unknown(dashboard);
  const { index, log, from = null } = follower;
  const page = { knownFrom: from, known: index.size };
  if (wanted.before !== undefined && wanted.before.log !== log) {
    const remarks = ['The engine was started or reset since: what was listed before is gone.'];
    return { ...page, messages: [], next: null, remarks };
  }
  const topology = await dashboard.topology();
  const subscribers = new Map(topology.subscribers.map(({ queue, name }) => [queue, name]));
  const { rows, next } = select(follower, wanted, subscribers);
  const remarks = rows.length > 0 || next ? [] : [whyEmpty(index.size, wanted, from)];
  return { ...page, messages: rows, next: next ? cursorOf(log, next) : null, remarks };
}

/** @returns the rows that are meant, and the last message that was looked at where there are older ones. */
function select(
  { index, time }: LogFollower,
  wanted: ReadQuery,
  subscribers: ReadonlyMap<string, string>,
): { readonly rows: readonly MessageRow[]; readonly next: KnownMessage | undefined } {
  const { before, limit } = wanted;
  const rows: MessageRow[] = [];
  let examined = 0;
  let last: KnownMessage | undefined;
  for (const known of index.newestFirst()) {
    if (before !== undefined && known.ordinal >= before.ordinal) continue;
    if (rows.length === limit || examined === MAX_EXAMINED) return { rows, next: last };
    examined += 1;
    last = known;
    if (!isMeant(known, wanted)) continue;
    const row = rowOf(known, time, subscribers);
    if (went(row, wanted)) rows.push(row);
  }
  return { rows, next: undefined };
}

/** Whether a message went, or would have gone, where it is meant to, and became what it is meant to. */
function went({ branches }: MessageRow, { subscriber, outcome }: ReadQuery): boolean {
  if (subscriber === undefined && outcome === undefined) return true;
  return branches.some(
    (branch) =>
      (subscriber === undefined ||
        branch.subscriber === subscriber ||
        branch.queue === subscriber) &&
      (outcome === undefined || branch.outcome === outcome),
  );
}

function whyEmpty(known: number, { before }: ReadQuery, from: number | null): string {
  const since = from === null ? '' : ` since ${new Date(from).toISOString()}`;
  if (before !== undefined) return 'There are no older ones.';
  return known === 0
    ? `Nothing was published${since}.`
    : `None of ${known} messages${since} is meant.`;
}
