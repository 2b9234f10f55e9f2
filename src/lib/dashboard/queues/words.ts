import type { FoundQueue } from './found-queue.ts';
import type { Meant } from './selection.ts';

/** "1 message", "up to 3 dead letters". */
export function howMany(meant: number | Pick<Meant, 'count' | 'isBound'>, noun: string): string {
  const { count, isBound } = typeof meant === 'number' ? { count: meant, isBound: false } : meant;
  return `${isBound ? 'up to ' : ''}${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Says of what is meant and can't be received that it stays; a sentence after another one, or nothing. */
export function heldWords({ held }: Pick<Meant, 'held'>): string {
  if (held === 0) return '';
  const stay =
    held === 1 ? 'is in flight or delayed, and stays' : 'are in flight or delayed, and stay';
  return ` ${held} more ${stay} there.`;
}

/** Says what it does to a queue's other messages that some are looked for; a sentence after another one. */
export function lookWords({ queue }: Pick<FoundQueue, 'queue'>): string {
  const { deadLetters, name } = queue;
  const look = ` To find them, messages of ${name} are received and given back: that raises the receive count of each`;
  if (deadLetters === undefined) return `${look}.`;
  return `${look}, which counts towards the ${deadLetters.maxReceiveCount} receives after which it goes to ${deadLetters.queue}.`;
}
