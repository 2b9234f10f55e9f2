import { IndexedHeap } from './indexed-heap.ts';
import { arrivedBefore, type Figures, type Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { Tenant } from './tenant.ts';

// Fair queues: in a standard queue, messages with the same MessageGroupId are those of one tenant. A tenant that has
// more than its share of the messages in flight is a noisy neighbor, and others' messages are received first.
// See "How Amazon SQS fair queues work", SQS Developer Guide.

/** A noisy neighbor has at least this many messages in flight. */
const MIN_IN_FLIGHT = 30;
/** … and more than this share of all that the queue has in flight. */
const SHARE = 0.1;
/** A tenant that sends nothing for this long is no noisy neighbor any more. */
const QUIET_AFTER_MS = 5 * 60 * 1000;

/** A message's tenant; undefined on FIFO queues and for a message without a group, which is a tenant of its own. */
export function tenantOf({ fifo, tenants }: Queue, { extra }: Message): Tenant | undefined {
  return fifo || extra?.groupId === undefined ? undefined : tenants.get(extra.groupId);
}

/** The tenant that a new message belongs to, made when it is its first. */
export function joinTenant(queue: Queue, message: Message): void {
  const groupId = message.extra?.groupId;
  if (queue.fifo || groupId === undefined) return;
  const tenant = queue.tenants.get(groupId);
  if (tenant !== undefined) {
    tenant.lastSentAt = Math.max(tenant.lastSentAt, message.sentAt);
    return;
  }
  queue.tenants.set(groupId, {
    groupId,
    lastSentAt: message.sentAt,
    passedOver: new IndexedHeap(arrivedBefore),
    visible: 0,
    delayed: 0,
    inFlight: 0,
  });
}

/** Forgets a message that has been passed over, and its tenant with its last message. */
export function leaveTenant(queue: Queue, message: Message): void {
  const tenant = tenantOf(queue, message);
  if (tenant === undefined) return;
  tenant.passedOver.remove(message);
  if (tenant.passedOver.size === 0) queue.held.delete(tenant);
  if (tenant.visible + tenant.delayed + tenant.inFlight === 0) queue.tenants.delete(tenant.groupId);
}

/** Whether others' messages go first at `now`, ms since the epoch. */
export function isNoisy(queue: Queue, tenant: Tenant, now: number): boolean {
  return (
    tenant.inFlight >= MIN_IN_FLIGHT &&
    tenant.inFlight > SHARE * queue.inFlight &&
    now - tenant.lastSentAt < QUIET_AFTER_MS
  );
}

/** A queue in the terms of CloudWatch's metrics for fair queues. */
export interface Fairness {
  /** `ApproximateNumberOfNoisyGroups`. */
  readonly noisyGroups: number;
  /** Messages of all others, and those without a group. */
  readonly quiet: Readonly<Figures>;
}

/** How many noisy neighbors a queue has at `now`, and the messages that aren't theirs. */
export function fairnessOf(queue: Queue, now: number): Fairness {
  const quiet = { visible: queue.visible, delayed: queue.delayed, inFlight: queue.inFlight };
  let noisyGroups = 0;
  for (const tenant of queue.tenants.values()) {
    if (!isNoisy(queue, tenant, now)) continue;
    noisyGroups += 1;
    quiet.visible -= tenant.visible;
    quiet.delayed -= tenant.delayed;
    quiet.inFlight -= tenant.inFlight;
  }
  return { noisyGroups, quiet };
}
