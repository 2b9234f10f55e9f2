import type { ForeignText, MessageAttribute } from './text.ts';

/** What became of a message on its way to one queue, as `pubsub trace` says. */
export type Outcome =
  | 'handled'
  | 'waiting'
  | 'hidden'
  | 'filtered'
  | 'refused'
  | 'dead'
  | 'expired'
  | 'removed';

/** A message in a list. */
export interface MessageRow {
  /** Its id in the topic; in the queue where it was sent to one without a topic. */
  readonly id: string;
  /** When it was published, in milliseconds since the epoch. */
  readonly time: number;
  /** The topic's name; null where it was sent to a queue. */
  readonly topic: string | null;
  readonly topicArn: string | null;
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly subject: string | null;
  /** The first 256 characters of its text; null where it isn't known (any more). */
  readonly preview: ForeignText | null;
  /** One for each queue that it went to, or would have. */
  readonly branches: readonly RowBranch[];
  /** False where events were skipped, so that outcomes may be older than they look; its own page has them exactly. */
  readonly complete: boolean;
}

/** What became of a message in one queue. */
export interface RowBranch {
  readonly queue: string;
  readonly subscriber: string | null;
  readonly outcome: Outcome;
  /** How often it was received. */
  readonly receives: number;
}

/**
 * Parameters of `GET messages`. All that are given have to hold.
 */
export interface MessageQuery {
  /** Event type; `*` for any characters. */
  readonly type?: string;
  /** Conditions on fields as the CLI's `--where` takes them: `total>100`, `user.tier=gold`; may be repeated. */
  readonly where?: readonly string[];
  /** A subscriber's or queue's name: messages that went, or would have gone, there. */
  readonly subscriber?: string;
  /** What became of it in that subscriber's queue, or in any. */
  readonly outcome?: Outcome;
  /** A topic's name. */
  readonly topic?: string;
  /** Text in the body, an attribute's value or an id, in any case. */
  readonly text?: string;
  /** A cursor of an earlier answer: messages that are older. Without it, the newest. */
  readonly before?: string;
  /** 1 to 500; 100 unless given. */
  readonly limit?: number;
}

/** `GET messages`: a page of what was published, the newest first. Pages don't move when new messages come. */
export interface MessagePage {
  readonly messages: readonly MessageRow[];
  /** The cursor of what is older; null at the end of what is known. May be set where `messages` is empty: look on. */
  readonly next: string | null;
  /** From when on everything is known, in milliseconds since the epoch; null where nothing can be known. */
  readonly knownFrom: number | null;
  /** Messages that are known in all. */
  readonly known: number;
  /** Why the list is empty or incomplete, in sentences. */
  readonly remarks: readonly string[];
}

/** `GET messages/:id`: a message's whole way over all queues. 404 where nothing is known of it. */
export interface MessageDetail {
  readonly id: string;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly topicArn: string | null;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | null;
  readonly subject: string | null;
  /** At most 256 KiB of it; null where it isn't known (any more). */
  readonly body: ForeignText | null;
  readonly attributes: readonly MessageAttribute[];
  /** Of FIFO messages. */
  readonly groupId: string | null;
  readonly deduplicationId: string | null;
  /** When a FIFO topic took others for repetitions of it, in milliseconds since the epoch. */
  readonly repeatedAt: readonly number[];
  /** One a queue. */
  readonly branches: readonly MessageBranch[];
  /** The trace that it carries, where spans are known. */
  readonly trace: MessageSpans | null;
  /** What the answer rests on: the engine's log, or what was found in dead-letter queues. */
  readonly source: 'engine' | 'queues';
  readonly knownFrom: number | null;
  /** What was looked at, and what can't be known, in sentences. */
  readonly remarks: readonly string[];
  /** The command line that says the same. */
  readonly command: string;
}

/** A trace of OpenTelemetry. */
export interface MessageSpans {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of the trace's own spans, in milliseconds since the epoch, with fractions. */
  readonly start: number;
  readonly end: number;
  /** Each behind the one that it belongs to; at most 500. */
  readonly spans: readonly MessageSpan[];
}

/** A span, as OpenTelemetry names what took its time. */
export interface MessageSpan {
  readonly spanId: string;
  readonly name: string;
  /** `service.name` of the process that recorded it; `pubsub-engine` of the engine's own. */
  readonly service: string;
  /** How many spans of the trace it lies within. */
  readonly depth: number;
  /** Whether it is of another trace, and links to this one. */
  readonly isLinked: boolean;
  /** Milliseconds since the epoch, with fractions. */
  readonly start: number;
  readonly end: number;
  /** What went wrong; null where nothing did. */
  readonly error: string | null;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

/** The way from the topic to one queue, and on from there. */
export interface MessageBranch {
  readonly queue: string;
  readonly queueArn: string;
  readonly subscriber: string | null;
  readonly outcome: Outcome;
  readonly deadLetterQueue: string | null;
  /** Until when it is hidden, in milliseconds since the epoch. */
  readonly hiddenUntil: number | null;
  /** The oldest first. */
  readonly steps: readonly MessageStep[];
}

/** One thing that happened. */
export interface MessageStep {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** `published`, `filtered`, `refused`, `delivered`, `sent`, `received`, `hidden`, `visible`, `deleted`, `dead-lettered`, `expired`, `moved`, `repeated` or `failed`. */
  readonly what: string;
  /** A sentence without a full stop: the clause that didn't match, who received it, why a consumer failed. */
  readonly words: string;
  /** Until when the message is hidden by it, in milliseconds since the epoch. */
  readonly hiddenUntil: number | null;
}
