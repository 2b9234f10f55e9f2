import {
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
} from '@opentelemetry/api';
import { nameOfArn } from '../rules/names.ts';
import { traceHeaderOf } from '../rules/trace-context.ts';
import { markFailed, topicAttributes } from './attributes.ts';
import { idsOf, parentContext, spanContextOf, traceparentOfSpan } from './contexts.ts';
import type { Sending, SentMessage } from './tracing.ts';

/**
 * The spans of one `PublishBatch`: one for the request, and where it sends several messages one for each of them, which
 * the message carries, so that each belongs to the trace of whoever published it. A `traceparent` that a message was
 * given by hand stays, and the request links to it ("Producer spans").
 * @param surroundings what a message continues that says nothing else.
 */
export function sendSpans(
  tracer: Tracer,
  surroundings: Context,
  topicArn: string,
  messages: readonly SentMessage[],
): Sending {
  const isSingle = messages.length === 1;
  const created = messages.map((message) =>
    isSingle || message.given !== undefined || !message.hasRoom
      ? undefined
      : startCreate(tracer, parentContext(message.parent, surroundings), topicArn),
  );
  const [first] = messages;
  const isCarried = isSingle && first?.given === undefined;
  const send = tracer.startSpan(
    `publish ${nameOfArn(topicArn)}`,
    {
      kind: isCarried ? SpanKind.PRODUCER : SpanKind.CLIENT,
      attributes: {
        ...topicAttributes(topicArn, 'send', 'publish'),
        ...(isSingle ? {} : { 'messaging.batch.message_count': messages.length }),
      },
      links: linksOf(messages, created),
    },
    sendParent(messages, surroundings),
  );
  return {
    traceparents: messages.map(({ given, hasRoom }, index) => {
      if (given !== undefined || !hasRoom) return undefined;
      return traceparentOfSpan(created[index] ?? send);
    }),
    traceHeader: isSpanContextValid(send.spanContext()) ? traceHeaderOf(idsOf(send)) : undefined,
    settled(index, outcome) {
      const span = created[index] ?? (isSingle ? send : undefined);
      if (outcome.ok) span?.setAttribute('messaging.message.id', outcome.messageId);
      else markFailed(span ?? send, outcome.code, outcome.message);
      created[index]?.end();
      created[index] = undefined;
    },
    end(failure) {
      for (const span of [...created, send]) {
        if (span === undefined) continue;
        if (failure !== undefined) markFailed(span, failure.code, failure.message);
        span.end();
      }
    },
  };
}

function startCreate(tracer: Tracer, parent: Context, topicArn: string): Span {
  return tracer.startSpan(
    `create ${nameOfArn(topicArn)}`,
    { kind: SpanKind.PRODUCER, attributes: topicAttributes(topicArn, 'create', 'create') },
    parent,
  );
}

/** The request continues what all of its messages continue; where they differ it is a trace of its own. */
function sendParent(messages: readonly SentMessage[], surroundings: Context): Context {
  const parents = new Set(messages.map(({ parent }) => parent));
  const [parent] = parents;
  return parents.size > 1 ? ROOT_CONTEXT : parentContext(parent, surroundings);
}

function linksOf(messages: readonly SentMessage[], created: readonly (Span | undefined)[]): Link[] {
  return messages.flatMap(({ given }, index) => {
    const context = created[index]?.spanContext() ?? spanContextOf(given);
    return context === undefined ? [] : [{ context }];
  });
}
