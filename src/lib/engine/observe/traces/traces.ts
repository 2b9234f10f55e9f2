import { messageTraceparent } from '../../../rules/trace-context.ts';
import { MessageTraces } from './message-traces.ts';
import { SpanStore } from './span-store.ts';

/** What an engine keeps of traces: spans that it was sent, and which messages carry which trace. */
export class Traces {
  readonly spans = new SpanStore();
  readonly messages = new MessageTraces();

  /** Notes the trace that an accepted message carries, if any. */
  note(
    messageId: string,
    attributes: Readonly<Record<string, { readonly StringValue?: string | undefined }>> | undefined,
    traceHeader: string | undefined,
  ): void {
    const given = attributes?.traceparent?.StringValue;
    const traceparent = messageTraceparent(given, traceHeader);
    if (traceparent !== undefined) this.messages.add(messageId, traceparent);
  }

  clear(): void {
    this.spans.clear();
    this.messages.clear();
  }
}
