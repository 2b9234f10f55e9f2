import type { MessageEvent } from '../../rules/message-trace.ts';
import type { Engine } from '../engine.ts';
import type { HistoryLine } from '../services/sns/history-line.ts';
import { type Reach, reachOf, wayOf } from './message-way.ts';

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
