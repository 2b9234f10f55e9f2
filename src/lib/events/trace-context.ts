import { MAX_MESSAGE_ATTRIBUTES } from '../rules/limits.ts';
import { readTraceparent, TRACEPARENT } from '../rules/trace-context.ts';
import type { MessageAttributes } from './attributes.ts';

/**
 * Adds the trace that is under way to a message's attributes, unless they have one, or the trace would take a place
 * that a queue doesn't have: with raw delivery, SQS drops a message of more than ten attributes.
 * @param attributes besides those that the event has by itself. @param text what the environment's `TRACEPARENT` says.
 * @param own how many the event has by itself: `event_type`, unless said otherwise.
 */
export function withTraceparent(
  attributes: MessageAttributes,
  text: string | undefined,
  own = 1,
): MessageAttributes {
  const traceparent = readTraceparent(text);
  const count = Object.keys(attributes).length + own;
  if (traceparent === undefined || TRACEPARENT in attributes || count >= MAX_MESSAGE_ATTRIBUTES) {
    return attributes;
  }
  return { ...attributes, [TRACEPARENT]: traceparent };
}
