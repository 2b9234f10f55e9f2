import { TRACE_STATES } from '../../diagnose/trace/trace.ts';
import { type Condition, meets, parseCondition } from '../../events/where.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { MessageQuery, Outcome } from '../api/messages.ts';
import { badRequest } from '../http/failure.ts';
import { countParameter } from '../http/fields.ts';
import { eventOf, type KnownMessage } from '../live/message-row.ts';

/** What a list of messages was asked for. */
export interface ReadQuery extends Omit<MessageQuery, 'where' | 'before' | 'limit'> {
  readonly where: readonly Condition[];
  readonly before: { readonly log: string; readonly ordinal: number } | undefined;
  readonly limit: number;
}

/** Reads the parameters of `GET messages`. @throws HttpFailure or AppError 400 */
export function readQuery(query: URLSearchParams): ReadQuery {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const outcome = text('outcome');
  if (outcome !== undefined && !TRACE_STATES.some((each) => each === outcome)) {
    throw badRequest(`outcome must be one of ${TRACE_STATES.join(', ')}.`);
  }
  const optional = {
    type: text('type'),
    subscriber: text('subscriber'),
    outcome: outcome as Outcome | undefined,
    topic: text('topic'),
    text: text('text'),
  };
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    where: query.getAll('where').filter(Boolean).map(parseCondition),
    before: readCursor(text('before')),
    limit: countParameter(query, 'limit', { usual: 100, most: 500 }),
  };
}

/** A cursor: what is older than a message of a log. */
export function cursorOf(log: string, { ordinal }: KnownMessage): string {
  return `${log}:${ordinal}`;
}

function readCursor(text: string | undefined): ReadQuery['before'] {
  if (text === undefined) return undefined;
  const [, log, ordinal] = /^(.+):(\d{1,12})$/.exec(text) ?? [];
  if (log === undefined) throw badRequest('before is not a cursor of an answer.');
  return { log, ordinal: Number(ordinal) };
}

/** Whether a message is meant, as far as what was published decides. What isn't known is not meant. */
export function isMeant(known: KnownMessage, query: ReadQuery): boolean {
  const { type, topic, text, where } = query;
  if (topic !== undefined && (known.topicArn === undefined || nameOfArn(known.topicArn) !== topic))
    return false;
  if (type === undefined && text === undefined && where.length === 0) return true;
  const event = eventOf(known);
  if (type !== undefined && !(event?.type !== undefined && matches(event.type, type))) return false;
  if (!where.every((condition) => event !== undefined && meets(event.value, condition)))
    return false;
  return text === undefined || contains(known, text.toLowerCase());
}

function matches(type: string, pattern: string): boolean {
  if (!pattern.includes('*')) return type === pattern;
  // One star after the other, so that no pattern takes long.
  const parts = pattern.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (!type.startsWith(first) || !type.endsWith(last)) return false;
  if (type.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = type.indexOf(part, at);
    if (found < 0 || found + part.length > type.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

function contains({ id, message, events }: KnownMessage, text: string): boolean {
  const ids = [id, ...events.map(({ messageId }) => messageId)];
  const values = Object.values(message?.attributes ?? {}).map(({ value }) => value);
  return [...ids, message?.body ?? '', message?.subject ?? '', ...values].some((each) =>
    each.toLowerCase().includes(text),
  );
}
