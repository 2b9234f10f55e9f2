import type { ReceivedMessage } from '../aws/received-messages.ts';
import type { MessagePlace, Processing, Tracing } from '../tracing/tracing.ts';
import type { MessageFacts } from './consumed.ts';
import { type Handler, type HandlerEnd, runHandler } from './handling.ts';
import { carriedTrace } from './trace-receive.ts';

/** Runs a handler inside of its span: `traceparent` of its facts is the span's. @see runHandler */
export async function runTraced<E>(
  span: Processing,
  handler: Handler<E>,
  event: E,
  facts: MessageFacts,
  seconds: number,
): Promise<HandlerEnd> {
  const inside: Handler<E> = (...given) => span.run(() => handler(...given));
  const end = await runHandler(inside, event, { ...facts, traceparent: span.traceparent }, seconds);
  span.end({ outcome: end.outcome, reason: 'reason' in end ? end.reason : undefined });
  return end;
}

/** Records that a message can't be read. */
export function traceUnreadable(
  tracing: Tracing,
  { queueUrl, subscriber }: MessagePlace,
  message: ReceivedMessage,
  reason: string,
): void {
  const { messageId } = message;
  const traced = { messageId, traceparent: carriedTrace(message) };
  tracing.processing({ queueUrl, subscriber }, traced).end({ outcome: 'invalid', reason });
}
