import { DELAYED, type Figures, IN_FLIGHT, type Message, READY } from './message.ts';
import type { Queue } from './queue.ts';
import { tenantOf } from './tenants.ts';

/**
 * Adds a message to the figures of its queue and its tenant (1), or takes it out of them (-1), by the state that it is
 * in.
 */
export function count(queue: Queue, message: Message, by: 1 | -1): void {
  add(queue, message, by);
  const tenant = tenantOf(queue, message);
  if (tenant !== undefined) add(tenant, message, by);
}

function add(figures: Figures, { state }: Message, by: 1 | -1): void {
  if (state === READY) figures.visible += by;
  else if (state === DELAYED) figures.delayed += by;
  else if (state === IN_FLIGHT) figures.inFlight += by;
}
