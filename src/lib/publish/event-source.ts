import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkOrderEvent,
  type EventType,
  type OrderEvent,
  parseEventFields,
  parseEventType,
} from '../events/order-event.ts';
import { defaultStatus, sampleOrder } from '../events/sample-orders.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_BATCH_ENTRIES, SQS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';
import { readLines } from '../rules/text/json-lines.ts';
import type { Ranges } from '../rules/text/ranges.ts';
import type { PublishItem } from './publisher.ts';

/** Fields of an event that were given; those that were not are filled in. */
export type GivenFields = Readonly<Record<string, unknown>>;

/**
 * Completes fields to an event: an id of its own, the present time, and the status that goes with its type.
 * @throws AppError `InvalidEvent` (exit 2) that names the first field that is wrong or missing.
 */
export function completeEvent(given: GivenFields, eventType: EventType | undefined): OrderEvent {
  const type = parseEventType(given.event_type ?? eventType);
  return checkOrderEvent({
    // The known fields in their usual order, whatever was given first.
    event_id: randomUUID(),
    event_type: type,
    order_id: undefined,
    user_id: undefined,
    total: undefined,
    status: defaultStatus(type),
    timestamp: new Date().toISOString(),
    ...given,
  });
}

/**
 * Sample events that are made as they are taken.
 * @param given fields that all of them have; order ids go on from a given one.
 * @throws AppError `InvalidEvent` (exit 2) for a given field that is wrong.
 */
export function* sampleEvents(
  eventType: EventType,
  given: GivenFields,
  count: number,
): Generator<OrderEvent> {
  const { order_id: firstId, ...fields } = given;
  for (let index = 0; index < count; index++) {
    const sample = sampleOrder(index);
    const orderId = firstId === undefined ? sample.order_id : Number(firstId) + index;
    yield completeEvent({ ...sample, ...fields, order_id: orderId }, eventType);
  }
}

/** A line that holds no event. */
export interface BadLine {
  readonly line: number;
  /** The line as it was; undefined where it was too long to keep or is no text. */
  readonly text: string | undefined;
  readonly error: AppError;
}

/**
 * Events from a stream of JSON lines, read as they are taken.
 * @param only the lines that count.
 * @param onBadLine told of each line that holds no event; it MAY throw to end the stream there.
 */
export async function* eventLines(
  source: AsyncIterable<Uint8Array>,
  eventType: EventType | undefined,
  only: Ranges,
  onBadLine: (bad: BadLine) => void,
): AsyncGenerator<{ event: OrderEvent; line: number }> {
  for await (const read of readLines(source, SQS_MAX_MESSAGE_BYTES)) {
    const line = read.number;
    if (line > only.last) return;
    if (!only.has(line)) continue;
    if ('problem' in read) {
      const message = `Line ${line}: ${read.problem}.`;
      onBadLine({ line, text: undefined, error: new AppError({ code: 'InvalidEvent', message }) });
      continue;
    }
    try {
      yield { event: completeEvent(parseEventFields(read.text), eventType), line };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      onBadLine({ line, text: read.text, error });
    }
  }
}

/**
 * Holds a stream of items to a rate.
 * @param rate items a second, above 0; undefined for as fast as it goes.
 * @param signal aborted to end the waits, and the stream with them.
 */
export async function* paced(
  items: Iterable<PublishItem> | AsyncIterable<PublishItem>,
  rate: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<PublishItem> {
  if (rate === undefined) {
    yield* items;
    return;
  }
  // At higher rates items come in small groups, so that they still share requests.
  const group = Math.min(MAX_BATCH_ENTRIES, Math.max(1, Math.floor(rate / 10)));
  const started = performance.now();
  let count = 0;
  for await (const item of items) {
    if (count > 0 && count % group === 0) {
      const due = started + (count / rate) * 1000;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
    yield item;
    count++;
  }
}
