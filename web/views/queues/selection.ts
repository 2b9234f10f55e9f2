import type { QueueMessage } from '../../../src/lib/dashboard/api/index.ts';

/** What of a queue is looked at, as the address has it. */
export interface QueueFilter {
  readonly text: string;
  readonly type: string;
  /** Why they failed; empty for any. */
  readonly reason: string;
}

/** The name of the group of what nobody told a reason for. */
export const NO_REASON = 'No reason is known';

/** Reads the filter of an address. */
export function readQueueFilter(params: URLSearchParams): QueueFilter {
  const text = (name: string): string => params.get(name) ?? '';
  return { text: text('text'), type: text('type'), reason: text('reason') };
}

/** Why a message is where it is: the newest reason. */
export function reasonOf({ reasons }: QueueMessage): string {
  return reasons[0]?.reason ?? NO_REASON;
}

/** Messages that fit, the newest first. */
export function fitting(messages: readonly QueueMessage[], filter: QueueFilter): QueueMessage[] {
  const wanted = filter.text.toLowerCase();
  return (
    messages
      .filter((message) => filter.type === '' || message.eventType === filter.type)
      .filter((message) => filter.reason === '' || reasonOf(message) === filter.reason)
      .filter((message) => wanted === '' || searchable(message).includes(wanted))
      // They come with the oldest first, and so do those of one millisecond.
      .toReversed()
      .toSorted((a, b) => b.sentAt - a.sentAt)
  );
}

function searchable({ messageId, eventId, text, attributes }: QueueMessage): string {
  const values = attributes.map(({ value }) => value);
  return [messageId, eventId, text.text, ...values].join('\n').toLowerCase();
}

/** Messages by reason, the largest group first. */
export function byReason(
  messages: readonly QueueMessage[],
): (readonly [string, readonly QueueMessage[]])[] {
  const groups = new Map<string, QueueMessage[]>();
  for (const message of messages) {
    const group = groups.get(reasonOf(message)) ?? [];
    group.push(message);
    groups.set(reasonOf(message), group);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}
