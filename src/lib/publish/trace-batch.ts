import type { EntryOutcome } from '../aws/publish.ts';
import { readTraceparent, TRACEPARENT } from '../rules/trace-context.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Prepared } from './publish-item.ts';

/** A batch whose messages carry their traces. */
export interface TracedBatch<E> {
  readonly batch: readonly Prepared<E>[];
  /** What its request carries as `X-Amzn-Trace-Id`. */
  readonly traceHeader: string | undefined;
  settled(prepared: Prepared<E>, outcome: EntryOutcome): void;
  end(failure: { readonly code: string; readonly message: string } | undefined): void;
}

/** Begins the spans of a batch, and gives each message the trace that it has room for. */
export function traceBatch<E>(
  tracing: Tracing,
  topicArn: string,
  batch: readonly Prepared<E>[],
): TracedBatch<E> {
  const sending = tracing.sending(
    topicArn,
    batch.map(({ entry, item, hasTraceRoom }) => {
      const given = entry.attributes[TRACEPARENT];
      const text = typeof given === 'string' ? given : given?.value;
      return { given: readTraceparent(text), hasRoom: hasTraceRoom, parent: item.parent };
    }),
  );
  const carrying = batch.map((prepared, index) => withTrace(prepared, sending.traceparents[index]));
  const places = new Map(carrying.map((prepared, index) => [prepared, index]));
  return {
    batch: carrying,
    traceHeader: sending.traceHeader,
    settled: (prepared, outcome) => sending.settled(places.get(prepared) ?? 0, outcome),
    end: (failure) => sending.end(failure),
  };
}

function withTrace<E>(prepared: Prepared<E>, traceparent: string | undefined): Prepared<E> {
  if (traceparent === undefined) return prepared;
  const { entry } = prepared;
  const attributes = { ...entry.attributes, [TRACEPARENT]: traceparent };
  return { ...prepared, entry: { ...entry, attributes } };
}
