import { idsBeginning, type PublishedMessage } from '../../aws/message-trace.ts';
import { readMessage } from '../../events/message.ts';
import { usageError } from '../../rules/errors.ts';
import type { Place } from '../../topology/inspect.ts';

/** The beginning of a UUID, as lists show ids: their first eight characters, or more or less of them. */
const BEGINNING = /^[0-9a-f]{4}[0-9a-f-]{0,32}$/i;
/** Ids that a refusal names. */
const MOST_NAMED = 5;

/** Whether what was found has the id that is asked for, or one that begins with it. */
export function hasId(found: string | undefined, id: string): boolean {
  return found !== undefined && (found === id || (BEGINNING.test(id) && found.startsWith(id)));
}

/**
 * The messages whose id begins with a text: in the topic, in a queue, of the event, or of an invocation that took them.
 * @param published messages with the text in them. @returns ids of messages on the engine; none where nothing begins so, or no engine answers.
 * @throws AppError `AmbiguousId` (exit 2) where several ids do.
 */
export async function messagesBeginning(
  { aws }: Place,
  id: string,
  published: readonly PublishedMessage[],
): Promise<string[]> {
  if (!BEGINNING.test(id)) return [];
  const found = [
    ...(await idsBeginning(aws, id)),
    ...published.flatMap((message) => {
      const { messageId } = message;
      const { eventId } = readMessage({ ...message, text: message.body });
      return [messageId, eventId]
        .filter((each) => each !== undefined && hasId(each, id))
        .map((each) => ({ id: each ?? '', messageId }));
    }),
  ];
  assertOne(
    id,
    found.map((each) => each.id),
  );
  return [...new Set(found.map(({ messageId }) => messageId))];
}

/** @throws AppError `AmbiguousId` (exit 2) where a short id is the beginning of several. */
export function assertOne(id: string, found: readonly string[]): void {
  const ids = [...new Set(found)];
  if (ids.length < 2) return;
  const named = ids.slice(0, MOST_NAMED).join(', ');
  const more = ids.length > MOST_NAMED ? ', …' : '';
  throw usageError(
    `${id} is the beginning of ${ids.length} ids.`,
    `Give more of the one that is meant: ${named}${more}`,
    'AmbiguousId',
  );
}
