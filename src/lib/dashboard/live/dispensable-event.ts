import type { MessageEvent, MessageEventKind } from '../../rules/message-trace.ts';

/** Events that are kept of one message: one that nobody deletes is received for ever. */
export const MAX_EVENTS_OF_ONE = 300;

/** What tells where a message is: one of each belongs to each queue. */
const WAYPOINTS: ReadonlySet<MessageEventKind> = new Set([
  'published',
  'filtered',
  'refused',
  'delivered',
  'invoked',
]);
/** What makes or ends a message of an id of its own. */
const TURNS: ReadonlySet<MessageEventKind> = new Set(['sent', 'moved', 'dead-lettered']);

/**
 * Which event of a message can be left out, now that something more happened to it: the oldest that happened to it in
 * the same place, so that what is known last of each queue stays.
 * @param events the oldest first, `event` the last of them. @returns its place; undefined for none.
 */
export function dispensable(
  events: readonly MessageEvent[],
  event: MessageEvent,
): number | undefined {
  const place = placeOf(event);
  const before = events.slice(0, -1);
  const isOf = (each: MessageEvent, at: number): boolean => at > 0 && !WAYPOINTS.has(each.kind);
  const same = before.findIndex(
    (each, at) => isOf(each, at) && !TURNS.has(each.kind) && each.messageId === event.messageId,
  );
  if (same >= 0) return same;
  const near = before.findIndex((each, at) => isOf(each, at) && placeOf(each) === place);
  return near < 0 ? undefined : near;
}

function placeOf(event: MessageEvent): string {
  if ('queueArn' in event && event.queueArn !== undefined) return event.queueArn;
  return 'topicArn' in event ? event.topicArn : '';
}
