import type { ReceivedMessage } from '../aws/received-messages.ts';
import { parseSnsBody } from '../rules/sns-envelope.ts';
import { messageTraceparent, TRACEPARENT } from '../rules/trace-context.ts';
import type { MessagePlace, Tracing } from '../tracing/tracing.ts';

/** Records a receive, unless it brought nothing. @param begunAt in milliseconds since the epoch. */
export function traceReceive(
  tracing: Tracing,
  { queueUrl, subscriber }: MessagePlace,
  messages: readonly ReceivedMessage[],
  begunAt: number,
): void {
  if (messages.length === 0) return;
  const traced = messages.map((message) => ({
    messageId: message.messageId,
    traceparent: carriedTrace(message),
  }));
  tracing.received({ queueUrl, subscriber }, traced, begunAt);
}

/** The trace that a message carries: in SNS's envelope, or with raw delivery in its own attributes. */
export function carriedTrace({
  body,
  attributes,
  traceHeader,
}: ReceivedMessage): string | undefined {
  const parsed = parseSnsBody(body);
  const carried = parsed.kind === 'envelope' ? parsed.attributes : attributes;
  return messageTraceparent(carried[TRACEPARENT]?.value, traceHeader);
}
