import {
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { queueNameFromUrl } from '../rules/names.ts';
import { countAttributes, markFailed, queueAttributes } from './attributes.ts';
import { contextOf, spanContextOf, traceparentOfSpan } from './contexts.ts';
import type {
  MessagePlace,
  ProcessEnd,
  Processing,
  SettleOperation,
  TracedMessage,
} from './tracing.ts';

/** Records a receive: a trace of its own, which links to those of the messages ("Consumer spans"). */
export function recordReceive(
  tracer: Tracer,
  { queueUrl, subscriber }: MessagePlace,
  messages: readonly TracedMessage[],
  startTime: number,
): void {
  const span = tracer.startSpan(
    `receive ${queueNameFromUrl(queueUrl)}`,
    {
      kind: SpanKind.CLIENT,
      startTime,
      attributes: {
        ...queueAttributes(queueUrl, 'receive', 'receive'),
        ...countAttributes(messages),
        ...subscriberAttribute(subscriber),
      },
      links: linksTo(messages),
    },
    ROOT_CONTEXT,
  );
  span.end();
}

/** The span of a message's handler, in the trace of whoever published it. */
export function processSpan(
  tracer: Tracer,
  { queueUrl, subscriber }: MessagePlace,
  message: TracedMessage,
): Processing {
  const parent = contextOf(message.traceparent);
  const span = tracer.startSpan(
    `process ${queueNameFromUrl(queueUrl)}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: {
        ...queueAttributes(queueUrl, 'process', 'process'),
        ...countAttributes([message]),
        ...subscriberAttribute(subscriber),
      },
      links: linksTo([message]),
    },
    parent,
  );
  const inside = trace.setSpan(parent, span);
  let thrown: unknown;
  const note = (error: unknown): never => {
    thrown = error;
    throw error;
  };
  return {
    traceparent: traceparentOfSpan(span) ?? message.traceparent ?? '',
    run: (handler) =>
      context.with(inside, () => {
        try {
          const result = handler();
          return result instanceof Promise ? (result.catch(note) as typeof result) : result;
        } catch (error) {
          return note(error);
        }
      }),
    end: (end) => endProcess(span, end, thrown),
  };
}

function endProcess(span: Span, { outcome, reason }: ProcessEnd, thrown: unknown): void {
  if (reason !== undefined) {
    markFailed(span, outcome === 'failed' ? errorType(thrown) : outcome, reason);
  }
  span.end();
}

/** The class of what a handler threw, as the conventions want it: of few values. */
function errorType(thrown: unknown): string {
  return thrown instanceof Error && /^\w{1,100}$/.test(thrown.name) ? thrown.name : '_OTHER';
}

/** Records a call that gives messages back: inside the handler's span where it is about one, linked to them otherwise. */
export function settleSpan(
  tracer: Tracer,
  queueUrl: string,
  operation: SettleOperation,
  messages: readonly TracedMessage[],
): (failure: string | undefined) => void {
  const [first, second] = messages;
  const isSingle = second === undefined;
  const span = tracer.startSpan(
    `${operation} ${queueNameFromUrl(queueUrl)}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        ...queueAttributes(queueUrl, 'settle', operation),
        ...countAttributes(messages),
      },
      links: isSingle ? [] : linksTo(messages),
    },
    isSingle ? contextOf(first?.traceparent) : ROOT_CONTEXT,
  );
  return (failure) => {
    if (failure !== undefined) markFailed(span, '_OTHER', failure);
    span.end();
  };
}

function linksTo(messages: readonly TracedMessage[]): Link[] {
  return messages.flatMap(({ messageId, traceparent }) => {
    const linked = spanContextOf(traceparent);
    return linked === undefined
      ? []
      : [{ context: linked, attributes: { 'messaging.message.id': messageId } }];
  });
}

function subscriberAttribute(subscriber: string) {
  return { 'pubsub.subscriber': subscriber };
}
