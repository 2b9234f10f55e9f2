import type { PublishedMessage } from '../../aws/message-trace.ts';
import { clientName } from '../../rules/client-name.ts';
import { explainFilterPolicy } from '../../rules/filter-policy/explain.ts';
import {
  type FilterableMessage,
  InvalidFilterPolicy,
  parseFilterPolicy,
} from '../../rules/filter-policy/index.ts';
import { qualifiedNameOf } from '../../rules/functions.ts';
import type { Filtered, MessageEvent } from '../../rules/message-trace.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { TraceStep } from './trace.ts';

/** An event of a branch as a step, in words. @param published what was filtered, where that is known. */
export function stepOf(event: MessageEvent, published: PublishedMessage | undefined): TraceStep {
  const { time, kind } = event;
  const hidden = 'hiddenUntil' in event ? { hiddenUntil: event.hiddenUntil } : {};
  return { time, what: kind, words: wordsOf(event, published), ...hidden };
}

function wordsOf(event: MessageEvent, published: PublishedMessage | undefined): string {
  switch (event.kind) {
    case 'published':
      return `published to ${nameOfArn(event.topicArn)}`;
    case 'repeated':
      return `published again under the deduplication id ${event.deduplicationId}, and dropped as a repetition`;
    case 'filtered':
      return `kept out by ${event.clause}: ${whyFiltered(event, published)}`;
    case 'refused': {
      const saved = event.deadLetterArn;
      const where = saved ? `, so it went to ${nameOfArn(saved)}` : ', so it was dropped';
      return `refused (${event.errorCode}): ${event.reason}${where}`;
    }
    case 'delivered':
      return `delivered to ${nameOfArn(event.queueArn)}`;
    case 'sent':
      return `sent to ${nameOfArn(event.queueArn)}`;
    case 'received': {
      const { client, pid } = clientName(event.userAgent);
      const by = pid === null ? client : `${client}, pid ${pid}`;
      return `received the ${ordinal(event.receiveCount)} time from ${nameOfArn(event.queueArn)} by ${by}`;
    }
    case 'hidden':
      return 'hidden for another time by its consumer';
    case 'visible':
      return `not deleted in time, so it can be received from ${nameOfArn(event.queueArn)} again`;
    case 'deleted':
      return event.by === 'consumer'
        ? `deleted from ${nameOfArn(event.queueArn)} by its consumer`
        : `removed from ${nameOfArn(event.queueArn)} by a ${event.by === 'purge' ? 'purge' : 'deletion of the queue'}`;
    case 'dead-lettered':
      return `received ${event.receiveCount} times and not deleted, so it went to ${nameOfArn(event.deadLetterArn)}`;
    case 'expired':
      return `older than ${nameOfArn(event.queueArn)} keeps messages, and gone`;
    case 'moved':
      return `sent back from ${nameOfArn(event.queueArn)} to ${nameOfArn(event.destinationArn)}`;
    case 'invoked':
      return `handed to the function ${qualifiedNameOf(event.functionArn)}, request ${event.requestId}`;
    case 'unmatched':
      return `matches no filter of the mapping to ${qualifiedNameOf(event.functionArn)}, so Lambda deletes it`;
    case 'handled':
      return `handled by ${qualifiedNameOf(event.functionArn)}, request ${event.requestId}`;
    case 'failed':
      return `failed in ${qualifiedNameOf(event.functionArn)}: ${event.reason} (${event.errorType}, request ${event.requestId})`;
  }
}

/** The clause that kept a message out is a filter policy by itself: what in the message does not satisfy it. */
function whyFiltered({ clause, scope }: Filtered, published: PublishedMessage | undefined): string {
  if (published === undefined) return 'the filter policy does not match';
  try {
    const explained = explainFilterPolicy(parseFilterPolicy(clause, scope), filterable(published));
    const words = explained.matched ? [] : explained.reasons.map((reason) => reason.words);
    return (words[0] ?? 'the filter policy does not match').replace(/\.$/, '');
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    return 'the filter policy does not match';
  }
}

/** A published message as filter policies see it. */
function filterable({ body, attributes }: PublishedMessage): FilterableMessage {
  const entries = Object.entries(attributes).map(([name, { type, value }]) => [
    name,
    type.startsWith('Binary') ? { DataType: type } : { DataType: type, StringValue: value },
  ]);
  return { body, attributes: Object.fromEntries(entries) };
}

function ordinal(count: number): string {
  const ends: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };
  const teen = Math.floor((count % 100) / 10) === 1;
  return `${count}${teen ? 'th' : (ends[count % 10] ?? 'th')}`;
}
