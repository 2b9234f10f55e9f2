import { MAX_MESSAGE_ATTRIBUTES } from '../rules/limits.ts';
import type { MessageAttributes } from './attributes.ts';

/** The attribute that carries a trace from publisher to handler (W3C "Trace Context"). */
export const TRACEPARENT = 'traceparent';

const VERSION_0 = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const LATER =
  /^(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.{0,200})?$/;

/** A trace's `traceparent` where a text is one, as W3C says it; undefined otherwise. */
export function readTraceparent(text: string | undefined): string | undefined {
  return text !== undefined && (VERSION_0.test(text) || LATER.test(text)) ? text : undefined;
}

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
