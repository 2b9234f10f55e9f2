import type { ReceivedMessage } from '../aws/received-messages.ts';
import type { EventReader } from '../events/event-codec.ts';
import type { AppError } from '../rules/errors.ts';
import type { ConsumeOptions } from './consume-options.ts';
import type { Consumed } from './consumed.ts';
import { readDelivery } from './delivery.ts';
import { rememberHandledEvents } from './handled-events.ts';
import { handleOnce, handlerSeconds } from './handled-once.ts';
import { runHandler } from './handling.ts';
import { runTraced, traceUnreadable } from './trace-handler.ts';

/** What working on a message came to. */
export interface Worked<E> {
  readonly consumed: Consumed<E>;
  /** Milliseconds that the handler took, where it ran. */
  readonly handlerMs?: number;
  /** Why no handler can run any more. */
  readonly fatal?: AppError;
  /** Of the handler's span, where traces are recorded. */
  readonly traceparent?: string | undefined;
}

/**
 * Works on one message: reads it, and runs the handler of its event unless that was handled before.
 * @param receivedAt when the message was received, on `performance.now()`'s clock.
 * @throws AppError of the store of handled events.
 */
export type MessageWork<E> = (message: ReceivedMessage, receivedAt: number) => Promise<Worked<E>>;

/** Creates the work of one consumer. */
export function createMessageWork<E>(
  options: Pick<
    ConsumeOptions<E>,
    'subscriber' | 'queue' | 'handler' | 'timeout' | 'handledEvents' | 'tracing'
  >,
  reader: EventReader<E>,
): MessageWork<E> {
  const { subscriber, handler, timeout, tracing } = options;
  const queueUrl = options.queue.url;
  const once = handleOnce(subscriber, options.handledEvents ?? rememberHandledEvents());

  return async (message, receivedAt) => {
    const { messageId, receiveCount } = message;
    const delivery = readDelivery(message, { subscriber, queueUrl }, reader);
    const received = { subscriber, messageId, receiveCount };
    if ('reason' in delivery) {
      const { reason, text: body } = delivery;
      const none = { ...received, event: null, eventId: null };
      if (tracing !== undefined)
        traceUnreadable(tracing, { queueUrl, subscriber }, message, reason);
      return { consumed: { ...none, outcome: 'invalid', ms: 0, reason, body } };
    }
    const { event, text: body, facts } = delivery;
    const { eventId } = facts;
    const base = { ...received, event, eventId };
    let handlerMs = 0;
    let traceparent: string | undefined;
    const end = await once.run(eventId, async () => {
      const begun = performance.now();
      const seconds = handlerSeconds(timeout, receivedAt);
      const span = tracing?.processing({ subscriber, queueUrl }, facts);
      traceparent = span?.traceparent;
      const ended = await (span === undefined
        ? runHandler(handler, event, facts, seconds)
        : runTraced(span, handler, event, facts, seconds));
      handlerMs = performance.now() - begun;
      return ended;
    });
    if (end === 'duplicate') return { consumed: { ...base, outcome: 'duplicate', ms: 0 } };
    const ms = Math.round(handlerMs);
    if (end.outcome === 'handled') {
      const { outcome, result } = end;
      return {
        consumed: { ...base, outcome, ms, ...(result !== undefined && { result }) },
        handlerMs,
        traceparent,
      };
    }
    const { outcome, reason, fatal } = end;
    const consumed = { ...base, outcome, reason, ms, ...(outcome === 'invalid' && { body }) };
    return { consumed, handlerMs, traceparent, ...(fatal === undefined ? {} : { fatal }) };
  };
}
