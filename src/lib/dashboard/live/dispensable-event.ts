import type { MessageEvent, MessageEventKind } from '../../rules/message-trace.ts';

/** Events that are kept of one message: one that nobody deletes is received for ever. */
export const MAX_EVENTS_OF_ONE = 300;

/** What links a message's ids and places: without one of these, what came after belongs to nothing. */
const LINKS: ReadonlySet<MessageEventKind> = new Set([
  'published',
  'filtered',
  'refused',
  'delivered',
  'invoked',
  'sent',
  'moved',
  'dead-lettered',
]);

/**
 * Which events of a message can be left out, now that something more happened to it: the oldest that happened to it
 * under the same id; else all under the oldest id that it had after it was sent back, for it has another one now.
 * @param events the oldest first, `event` the last of them.
 */
export function dispensable(
  events: readonly MessageEvent[],
  event: MessageEvent,
): readonly MessageEvent[] {
  const later = events.slice(1, -1);
  const { messageId } = event;
  const same = later.find((each) => each.messageId === messageId && !LINKS.has(each.kind));
  if (same !== undefined) return [same];
  const sent = later.find((each) => each.kind === 'sent' && each.messageId !== messageId);
  return sent === undefined ? [] : later.filter((each) => each.messageId === sent.messageId);
}
