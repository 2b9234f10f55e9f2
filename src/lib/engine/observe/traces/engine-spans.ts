import { hash } from 'node:crypto';
import type { MessageEvent } from '../../../rules/message-trace.ts';
import { nameOfArn } from '../../../rules/names.ts';
import { traceIdsOf } from '../../../rules/trace-context.ts';
import type { SpanValue, TraceSpan } from '../../../rules/trace-span.ts';

/** `service.name` of the engine's own spans. */
const SERVICE = 'pubsub-engine';

/** What an event tells beside its time. */
interface Told {
  readonly name: string;
  readonly attributes: Readonly<Record<string, SpanValue | undefined>>;
  readonly error?: string;
}

/** A message in one queue. */
interface InQueue {
  /** The span of its delivery. */
  readonly delivered: string;
  /** Where it is in a consumer's hands: since when, and what is told of that. */
  receive: { readonly start: number; readonly told: Told; readonly spanId: string } | undefined;
}

/**
 * The spans of what the engine did with a message, within the trace that it carries: accepted, delivered or not, received,
 * deleted. They are made from what the engine keeps anyway, whenever somebody looks.
 * @param events what happened to it, the oldest first (`wayOf`). @param now milliseconds since the epoch, the end of what
 * still goes on.
 */
export function engineSpans(
  events: readonly MessageEvent[],
  traceparent: string,
  now: number,
): TraceSpan[] {
  const maker = new SpanMaker(traceparent, events[0]?.messageId ?? '');
  for (const event of events) maker.take(event);
  return maker.finish(now);
}

class SpanMaker {
  readonly #traceId: string;
  readonly #parent: string;
  readonly #seed: string;
  readonly #spans: TraceSpan[] = [];
  readonly #queues = new Map<string, InQueue>();
  #accepted: { readonly spanId: string; readonly time: number } | undefined;
  #count = 0;

  constructor(traceparent: string, seed: string) {
    const { traceId, spanId } = traceIdsOf(traceparent);
    this.#traceId = traceId;
    this.#parent = spanId;
    this.#seed = seed;
  }

  take(event: MessageEvent): void {
    const { kind, time, messageId } = event;
    const told = wordsOf(event);
    const queue = this.#queues.get(messageId);
    if (kind === 'received') {
      this.#endReceive(queue, time);
      if (queue !== undefined) queue.receive = { start: time, told, spanId: this.#nextId() };
      return;
    }
    if (kind === 'hidden' || kind === 'repeated') return;
    const parent = queue?.receive?.spanId ?? queue?.delivered ?? this.#accepted?.spanId;
    this.#endReceive(queue, time);
    if (kind === 'visible') return;
    const start = kind === 'delivered' ? (this.#accepted?.time ?? time) : time;
    const spanId = this.#add(told, { start, end: time, parent: parent ?? this.#parent });
    if (kind === 'published' || kind === 'sent') this.#accepted ??= { spanId, time };
    if (kind === 'delivered' || kind === 'sent') this.#place(messageId, spanId);
    if (kind === 'moved') this.#place(event.newMessageId, spanId);
  }

  /** All spans, with receives that still go on. */
  finish(now: number): TraceSpan[] {
    for (const queue of this.#queues.values()) this.#endReceive(queue, now);
    return this.#spans;
  }

  #place(messageId: string, delivered: string): void {
    this.#queues.set(messageId, { delivered, receive: undefined });
  }

  #endReceive(queue: InQueue | undefined, end: number): void {
    if (queue?.receive === undefined) return;
    const { start, told, spanId } = queue.receive;
    this.#add(told, { start, end: Math.max(start, end), parent: queue.delivered, spanId });
    queue.receive = undefined;
  }

  #add(
    { name, attributes, error }: Told,
    at: { start: number; end: number; parent: string; spanId?: string },
  ): string {
    const { start, end, parent, spanId = this.#nextId() } = at;
    this.#spans.push({
      traceId: this.#traceId,
      spanId,
      parentSpanId: parent,
      name,
      kind: 'internal',
      service: SERVICE,
      start,
      end,
      error: error ?? null,
      attributes: Object.fromEntries(
        Object.entries(attributes).filter(
          (entry): entry is [string, SpanValue] => entry[1] !== undefined,
        ),
      ),
      links: [],
    });
    return spanId;
  }

  /** The same whenever the same message is looked at. */
  #nextId(): string {
    this.#count += 1;
    return hash('sha256', `${this.#seed}:${this.#count}`).slice(0, 16);
  }
}

function wordsOf(event: MessageEvent): Told {
  const place = nameOfArn(placeOf(event));
  const id = { 'messaging.message.id': event.messageId };
  const told = (verb: string, attributes: Told['attributes'] = {}, error?: string): Told => ({
    name: `${verb} ${place}`,
    attributes: { 'messaging.destination.name': place, ...id, ...attributes },
    ...(error === undefined ? {} : { error }),
  });
  switch (event.kind) {
    case 'published':
      return told('accept', { 'pubsub.subscriptions': event.subscriptions });
    case 'sent':
      return told('accept');
    case 'filtered':
      return told('filter out for', { 'pubsub.filter.clause': event.clause });
    case 'refused':
      return told('deliver to', { 'error.type': event.errorCode }, event.reason);
    case 'delivered':
      return told('deliver to');
    case 'received':
      return told('receive from', { 'pubsub.receive_count': event.receiveCount });
    case 'deleted':
      return told('delete from', { 'pubsub.deleted_by': event.by });
    case 'dead-lettered': {
      const dead = nameOfArn(event.deadLetterArn);
      const words = `moved to ${dead} after ${event.receiveCount} receives`;
      return told('give up in', { 'error.type': 'dead-lettered' }, words);
    }
    case 'expired':
      return told('expire in', { 'error.type': 'expired' }, 'nobody deleted it in time');
    case 'moved':
      return told('move from', { 'pubsub.moved_to': nameOfArn(event.destinationArn) });
    case 'failed':
      return told(
        'handle by',
        { 'error.type': event.errorType, ...invocationOf(event) },
        event.reason,
      );
    case 'handled':
    case 'invoked':
      return told(event.kind === 'handled' ? 'handle by' : 'invoke', invocationOf(event));
    default:
      return told(event.kind);
  }
}

function invocationOf({ requestId }: { readonly requestId: string }) {
  return { 'faas.invocation_id': requestId };
}

/** The topic, queue or function that an event is about. */
function placeOf(event: MessageEvent): string {
  if ('functionArn' in event) return event.functionArn;
  if ('queueArn' in event && event.queueArn !== undefined) return event.queueArn;
  if ('subscriptionArn' in event) return event.subscriptionArn;
  return 'topicArn' in event ? event.topicArn : '';
}
