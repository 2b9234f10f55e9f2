import { peekQueue } from '../../aws/peek.ts';
import {
  type DeadLetterFilter,
  isMeant,
  isUnfiltered,
  readDeadLetter,
} from '../../dead-letters/dead-letter.ts';
import { readDepth } from '../../dead-letters/hold.ts';
import { parseCondition } from '../../events/where.ts';
import type { Dashboard } from '../dashboard.ts';
import { optionalText, textsField } from '../http/fields.ts';
import type { JsonBody } from '../http/read-json.ts';
import type { FoundQueue } from './found-queue.ts';
import { lookInto } from './look.ts';

/** Messages of a queue that are counted by looking at them. */
const MAX_COUNTED = 1_000;

/** Reads which messages are meant. @throws HttpFailure or AppError 400 */
export function readSelection(body: JsonBody): DeadLetterFilter {
  return {
    ids: textsField(body, 'ids'),
    eventType: optionalText(body, 'type') || undefined,
    where: textsField(body, 'where').filter(Boolean).map(parseCondition),
    text: optionalText(body, 'text') || undefined,
    olderThan: undefined,
    newerThan: undefined,
  };
}

/** A selection as flags of `pubsub dlq`. */
export function selectionFlags(body: JsonBody): string[] {
  const type = optionalText(body, 'type');
  const text = optionalText(body, 'text');
  return [
    ...textsField(body, 'ids').flatMap((id) => ['--id', id]),
    ...(type ? ['--event-type', type] : []),
    ...textsField(body, 'where')
      .filter(Boolean)
      .flatMap((condition) => ['--where', condition]),
    ...(text ? ['--text', text] : []),
  ];
}

/**
 * How many messages are meant: SQS's approximate count of all, else as many as a look at the oldest thousand finds. On
 * an engine nothing is received for it.
 */
export async function countMeant(
  dashboard: Dashboard,
  found: FoundQueue,
  filter: DeadLetterFilter,
  signal: AbortSignal,
): Promise<number> {
  const { queue } = found;
  const { aws } = dashboard;
  if (isUnfiltered(filter)) {
    const peeked = await peekQueue(aws, queue.arn, 1);
    if (peeked !== undefined) return peeked.visible + peeked.inFlight + peeked.delayed;
    const { visible, hidden } = await readDepth(aws, queue.url);
    return visible + hidden;
  }
  const { messages } = await lookInto(dashboard, found, { limit: MAX_COUNTED, signal });
  const now = Date.now();
  return messages.filter((message) => isMeant(readDeadLetter(message), filter, now)).length;
}
