import type { Queue } from './queue.ts';

/** AWS's sequence numbers have 20 digits; these leave 16 for what grows. */
const PREFIX = '1886';

/**
 * The next `SequenceNumber` of a FIFO queue: 20 digits, growing, not consecutive. It grows with the clock, so that it
 * keeps growing after a restart.
 */
export function nextSequenceNumber(queue: Queue, now: number): string {
  queue.lastSequence = Math.max(queue.lastSequence + 256, now * 1000);
  return PREFIX + String(queue.lastSequence).padStart(16, '0');
}

/** Lets the queue's numbers go on above one that was given out earlier. */
export function sequenceNumberSeen(queue: Queue, sequenceNumber: string): void {
  queue.lastSequence = Math.max(queue.lastSequence, Number(sequenceNumber.slice(PREFIX.length)));
}
