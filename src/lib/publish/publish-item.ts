import type { MessageTopic } from '../aws/message-topic.ts';
import { entryBytes, type PublishEntry } from '../aws/publish.ts';
import type { MessageAttributes } from '../events/attributes.ts';
import type { EventWriter } from '../events/event-codec.ts';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import type { AppError } from '../rules/errors.ts';
import { fifoId } from '../rules/fifo.ts';
import { MAX_MESSAGE_ATTRIBUTES, SNS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';
import { TRACEPARENT } from '../rules/trace-context.ts';
import type { TraceParent, Tracing } from '../tracing/tracing.ts';

/** An event to publish. */
export interface PublishItem<E = OutgoingEvent> {
  readonly event: E;
  /** Attributes besides those that such an event always has. */
  readonly attributes?: MessageAttributes;
  /** Its group on a FIFO topic; what its kind of event has unless given. */
  readonly group?: string;
  /** Line of the file it came from, from 1. */
  readonly line?: number;
  /** Its place among all that the source would give, from 1. */
  readonly position?: number;
  /** The topic that it goes to, where the source knows. */
  readonly topicArn?: string;
  /** The trace that it belongs to, where traces are recorded; the surroundings' unless given. */
  readonly parent?: TraceParent;
}

/**
 * What is known of an event that was not published. `refused`: SNS said no to it, or takes no such event. `unsent`:
 * surely not accepted, and for no fault of its own: nobody sent it, or its whole request came to nothing. `unsure`: it
 * was sent, and no answer came; SNS may have it.
 */
export type PublishFailureKind = 'refused' | 'unsent' | 'unsure';

/** Why an event was not published. */
export interface PublishFailure<E = OutgoingEvent> {
  readonly item: PublishItem<E>;
  readonly kind: PublishFailureKind;
  readonly code: string;
  readonly message: string;
  /** Set where the whole run ended, rather than this event being refused. */
  readonly fatal: boolean;
}

export interface PublishOptions<E = OutgoingEvent> {
  /** Aborted to take no more from the source; what is in flight is finished. */
  readonly signal?: AbortSignal;
  readonly onPublished?: (item: PublishItem<E>, messageId: string) => void;
  readonly onFailed?: (failure: PublishFailure<E>) => void;
  /** Told once that requests keep failing for a reason that passes, until one succeeds again. */
  readonly onTrouble?: (error: AppError) => void;
  /** Seconds for which a request may keep failing for a reason that passes before the run ends. */
  readonly retryFor?: number;
  /** Milliseconds that an incomplete batch waits for more events, from 0; 20 unless given. */
  readonly linger?: number;
  /**
   * Whether a FIFO group of which an event failed takes those again that come after that was told; otherwise nothing of
   * it is published any more in this run.
   */
  readonly reopenGroups?: boolean;
}

export interface PublishReport {
  readonly published: number;
  readonly failed: number;
  /** What made it end before the source did: nothing more could be published. */
  readonly fatal: AppError | undefined;
}

/** Where events go, and how they are written. */
export interface PublishTo<E> {
  readonly topic: MessageTopic;
  readonly writer: EventWriter<E>;
  /** Records traces; absent where nobody does. */
  readonly tracing?: Tracing | undefined;
}

/** An event as it goes over the wire. */
export interface Prepared<E> {
  readonly item: PublishItem<E>;
  readonly entry: PublishEntry;
  readonly bytes: number;
  /** Its FIFO group; empty on a standard topic. */
  readonly group: string;
  /** Whether the attribute `traceparent` is added to it when it is sent; its bytes are counted. */
  readonly hasTraceRoom: boolean;
}

/** Bytes of the attribute `traceparent`: its name, its type `String` and its 55 characters. */
const TRACEPARENT_BYTES = TRACEPARENT.length + 'String'.length + 55;

/** Writes an event down. @param fifo whether it goes to a FIFO topic. */
export function prepare<E>(
  item: PublishItem<E>,
  { writer, tracing }: Pick<PublishTo<E>, 'writer' | 'tracing'>,
  fifo: boolean,
): Prepared<E> {
  const { event, attributes } = item;
  const groupId = fifo ? fifoId(item.group ?? writer.group(event)) : '';
  const entry: PublishEntry = {
    message: writer.serialize(event),
    subject: writer.subject(event),
    attributes: { ...writer.attributes(event), ...attributes },
    ...(fifo && { fifo: { groupId, deduplicationId: fifoId(writer.id(event)) } }),
  };
  const bytes = entryBytes(entry);
  const hasTraceRoom = tracing !== undefined && hasRoom(entry, bytes);
  return {
    item,
    entry,
    bytes: hasTraceRoom ? bytes + TRACEPARENT_BYTES : bytes,
    group: groupId,
    hasTraceRoom,
  };
}

/** Whether a message can carry its trace: no message is refused or dropped for it. */
function hasRoom({ attributes }: PublishEntry, bytes: number): boolean {
  return (
    !(TRACEPARENT in attributes) &&
    Object.keys(attributes).length < MAX_MESSAGE_ATTRIBUTES &&
    bytes + TRACEPARENT_BYTES <= SNS_MAX_MESSAGE_BYTES
  );
}
