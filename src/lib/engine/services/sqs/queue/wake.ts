import type { SqsState } from '../state.ts';
import type { Queue } from './queue.ts';
import { settle } from './settle.ts';

/** Makes sure that the queue is looked at no later than `time` (ms since the epoch). */
export function lookAgainAt(state: SqsState, queue: Queue, time: number): void {
  if (time >= queue.wakeAt) return;
  setWake(state, queue, time);
}

/** Sets when the queue is looked at next, `Infinity` for when something happens to it. */
export function setWake(state: SqsState, queue: Queue, time: number): void {
  state.wakes.remove(queue);
  queue.wakeAt = time;
  if (time !== Number.POSITIVE_INFINITY) state.wakes.push(queue);
  arm(state);
}

/** One schedule for the next due thing of all queues, none when nothing is due. */
function arm(state: SqsState): void {
  const next = state.wakes.first?.wakeAt ?? Number.POSITIVE_INFINITY;
  if (next >= state.armedFor) return;
  state.armed?.cancel();
  state.armedFor = next;
  state.armed = state.parts.clock.schedule(next, () => {
    state.armed = undefined;
    state.armedFor = Number.POSITIVE_INFINITY;
    const now = state.parts.clock.now();
    for (;;) {
      const queue = state.wakes.first;
      if (queue === undefined || queue.wakeAt > now) break;
      settle(state, queue, now);
    }
    arm(state);
  });
}
