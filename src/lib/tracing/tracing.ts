/** What a span continues: a `traceparent`, or the context of a host program, as `Tracing.here` gave it. */
export type TraceParent = string | object;

/** A message that is about to be sent. */
export interface SentMessage {
  /** The `traceparent` that its publisher gave it by hand, which stays; undefined where it has none. */
  readonly given: string | undefined;
  /** Whether it has room for the attribute `traceparent`. */
  readonly hasRoom: boolean;
  /** What it continues; the surroundings unless given. */
  readonly parent: TraceParent | undefined;
}

/** How sending a message ended. */
export type SendOutcome =
  | { readonly ok: true; readonly messageId: string }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** The spans of one request that sends messages. */
export interface Sending {
  /** What each message carries as its `traceparent`, in their order; undefined where nothing is added to it. */
  readonly traceparents: readonly (string | undefined)[];
  /**
   * What the request carries as `X-Amzn-Trace-Id`, which SNS passes on as `AWSTraceHeader`; undefined where the provider
   * makes no spans.
   */
  readonly traceHeader: string | undefined;
  /** Tells what became of a message, for good. */
  settled(index: number, outcome: SendOutcome): void;
  /** Ends all spans. @param failure why the whole request failed; undefined where it was answered. */
  end(failure: { readonly code: string; readonly message: string } | undefined): void;
}

/** A queue and who takes from it. */
export interface MessagePlace {
  readonly queueUrl: string;
  readonly subscriber: string;
}

/** A received message and the trace that it carries. */
export interface TracedMessage {
  readonly messageId: string;
  readonly traceparent?: string | undefined;
}

/** How handling a message ended. */
export interface ProcessEnd {
  readonly outcome: string;
  /** Why it was not handled; undefined where it was. */
  readonly reason: string | undefined;
}

/** The span of one message's handler. */
export interface Processing {
  /** Of the span itself: what the handler starts belongs to it. */
  readonly traceparent: string;
  /** Runs the handler inside the span. */
  run<T>(handler: () => T): T;
  end(end: ProcessEnd): void;
}

/** A request to the order API, before it is answered. */
export interface ServedRequest {
  readonly method: string;
  /** With the query string. */
  readonly url: string;
  /** The header `traceparent` as it came. */
  readonly traceparent: string | undefined;
}

/** The span of a request to the order API. */
export interface Serving {
  readonly traceparent: string;
  /** @param route the pattern that matched; undefined where none did. */
  end(status: number, route: string | undefined): void;
}

/**
 * Records what happens to messages as spans, named and attributed as OpenTelemetry's "Semantic conventions for messaging
 * spans" say. It is there only where traces are recorded: what uses it MUST cost nothing without it. It never throws.
 */
export interface Tracing {
  /** The surroundings of whoever calls, for a message that is sent later. */
  here(): TraceParent;
  sending(topicArn: string, messages: readonly SentMessage[]): Sending;
  /** Records a receive that brought messages. @param startedAt when it began, in milliseconds since the epoch. */
  received(place: MessagePlace, messages: readonly TracedMessage[], startedAt: number): void;
  processing(place: MessagePlace, message: TracedMessage): Processing;
  /**
   * Records that messages are given back to their queue. @returns what is told how many were not, and why.
   * @param operation `delete`, or `change visibility`. @param messages with the `traceparent` of their handlers' spans.
   */
  settling(
    queueUrl: string,
    operation: SettleOperation,
    messages: readonly TracedMessage[],
  ): (failure: string | undefined) => void;
  serving(request: ServedRequest): Serving;
}

/** How a message is given back. */
export type SettleOperation = 'delete' | 'change visibility';
