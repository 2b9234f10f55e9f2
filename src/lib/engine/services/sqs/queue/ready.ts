import { type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';
import type { Tenant } from './tenant.ts';
import { isNoisy, tenantOf } from './tenants.ts';

/**
 * Takes the message that comes next out of the order of a standard queue's ready ones: the oldest, but of noisy
 * neighbors only when nobody else has any, and then of the one with the fewest messages in flight.
 */
export function nextReady(queue: Queue, now: number): Message | undefined {
  for (;;) {
    const message = oldestInOrder(queue);
    const quiet = firstHeld(queue, (tenant) => !isNoisy(queue, tenant, now), olderFirst);
    if (quiet !== undefined && (message === undefined || quiet.first.seq < message.seq)) {
      return takeHeld(queue, quiet.tenant);
    }
    if (message === undefined) break;
    leaveOrder(queue, message);
    const tenant = tenantOf(queue, message);
    if (tenant === undefined || !isNoisy(queue, tenant, now)) return message;
    tenant.passedOver.push(message);
    queue.held.add(tenant);
  }
  const noisy = firstHeld(queue, () => true, fewerInFlightFirst);
  return noisy && takeHeld(queue, noisy.tenant);
}

/** The oldest message that can be received, left where it is: callers drop it from the queue, or leave it. */
export function oldestReady(queue: Queue): Message | undefined {
  if (queue.fifo) {
    const group = queue.available.first;
    return group?.messages[group.head];
  }
  const message = oldestInOrder(queue);
  const held = firstHeld(queue, () => true, olderFirst)?.first;
  return held !== undefined && (message === undefined || held.seq < message.seq) ? held : message;
}

/** The oldest ready message that was not passed over. */
function oldestInOrder(queue: Queue): Message | undefined {
  let fresh = queue.table.next(queue.cursor);
  while (fresh !== undefined && fresh.state !== READY) {
    queue.cursor = fresh.seq + 1;
    fresh = queue.table.next(queue.cursor);
  }
  if (fresh === undefined) queue.cursor = queue.nextSeq;
  const returned = queue.returned.first;
  return returned !== undefined && (fresh === undefined || returned.seq < fresh.seq)
    ? returned
    : fresh;
}

function leaveOrder(queue: Queue, message: Message): void {
  if (message.heapIndex >= 0) queue.returned.remove(message);
  else queue.cursor = message.seq + 1;
}

/** A tenant whose messages were passed over, with the first of them. */
interface Held {
  readonly tenant: Tenant;
  readonly first: Message;
}

function firstHeld(
  queue: Queue,
  wanted: (tenant: Tenant) => boolean,
  before: (a: Held, b: Held) => boolean,
): Held | undefined {
  let best: Held | undefined;
  for (const tenant of queue.held) {
    const { first } = tenant.passedOver;
    if (first === undefined || !wanted(tenant)) continue;
    const held = { tenant, first };
    if (best === undefined || before(held, best)) best = held;
  }
  return best;
}

function olderFirst(a: Held, b: Held): boolean {
  return a.first.seq < b.first.seq;
}

function fewerInFlightFirst(a: Held, b: Held): boolean {
  const difference = a.tenant.inFlight - b.tenant.inFlight;
  return difference === 0 ? olderFirst(a, b) : difference < 0;
}

function takeHeld(queue: Queue, tenant: Tenant): Message | undefined {
  const message = tenant.passedOver.shift();
  if (tenant.passedOver.size === 0) queue.held.delete(tenant);
  return message;
}
