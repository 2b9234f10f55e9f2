import type { BeginningId, MessageLogPart } from '../../rules/message-log.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import type { Engine } from '../engine.ts';
import type { HistoryLine } from '../services/sns/history-line.ts';
import { idsBeginning, type Reach, reachOf, wayOf } from './message-way.ts';

/** Published messages that one answer has at the most, the newest. */
const MAX_PUBLISHED = 100;

/**
 * What happened to a message, for `/_pubsub/trace`.
 * @param query `id`: in a topic or in a queue.
 */
export function messageWay(
  { clock, trace }: Engine,
  query: URLSearchParams,
): { readonly time: number; readonly from: number; readonly events: readonly MessageEvent[] } {
  const id = query.get('id') ?? '';
  return {
    time: clock.timestamp(),
    from: trace.log.from,
    events: id === '' ? [] : wayOf(trace.log, id),
  };
}

/** Characters of a beginning at least: ids are shown by their first eight. */
const MIN_BEGINNING = 4;
const MAX_BEGINNING = 36;

/**
 * Ids that begin with a text, for `/_pubsub/ids`.
 * @param query `beginning`: 4 to 36 characters; none are found for others.
 */
export function messageIds(
  { trace }: Engine,
  query: URLSearchParams,
): { readonly ids: readonly BeginningId[] } {
  const start = query.get('beginning') ?? '';
  const isFit = start.length >= MIN_BEGINNING && start.length <= MAX_BEGINNING;
  return { ids: isFit ? idsBeginning(trace.log, start) : [] };
}

/** Events of one look into the log at the most: they take a few milliseconds, in which nobody else is answered. */
const MAX_LOG_EVENTS = 1_000;

/**
 * What happened to messages after an event, for `/_pubsub/log`. It waits for nothing and costs at most what
 * `MAX_LOG_EVENTS` cost, however many there are: who looks decides how often.
 * @param query `log` and `after`: of the answer before; `newest`: leaves out all but the newest, where there are more.
 */
export function logAfter(
  { clock, trace: { log } }: Engine,
  query: URLSearchParams,
): MessageLogPart {
  const after = query.get('log') === log.id ? Number(query.get('after') ?? 0) : 0;
  const wanted = Math.max(log.first, after + 1);
  const first = query.has('newest') ? Math.max(wanted, log.last + 1 - MAX_LOG_EVENTS) : wanted;
  const events = log.read(first, MAX_LOG_EVENTS);
  const last = first + events.length - 1;
  return {
    time: clock.timestamp(),
    log: log.id,
    from: log.from,
    skipped: first - after - 1,
    last,
    more: log.last - last,
    events,
  };
}

/**
 * How many queues messages reached, for `/_pubsub/reach`.
 * @param query `ids`: ids in a topic, with commas between them.
 */
export function messageReach(
  { trace }: Engine,
  query: URLSearchParams,
): { readonly messages: readonly (Reach & { readonly messageId: string })[] } {
  const found = reachOf(trace.log, (query.get('ids') ?? '').split(','));
  return { messages: [...found].map(([messageId, reach]) => ({ messageId, ...reach })) };
}

/**
 * Messages of any topic whose id or content has a text in it, for `/_pubsub/published`.
 * @param query `containing`: the text.
 */
export function publishedWith(
  { sns }: Engine,
  query: URLSearchParams,
): { readonly messages: readonly (HistoryLine & { readonly topicArn: string })[] } {
  const text = query.get('containing') ?? '';
  if (text === '') return { messages: [] };
  // A body is JSON text within JSON text: what is escaped in one is so twice in the other.
  const forms = new Set([text, escaped(text), escaped(escaped(text))]);
  const lines = [...forms].flatMap((form) => sns.history.containing(form));
  const messages = lines.map(({ topicArn, line }) => ({
    topicArn,
    ...(JSON.parse(Buffer.from(line).toString()) as HistoryLine),
  }));
  return { messages: messages.sort((a, b) => a.time - b.time).slice(-MAX_PUBLISHED) };
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
