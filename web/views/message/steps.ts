import type { MessageBranch } from '../../../src/lib/dashboard/api/index.ts';
import type { Tone } from '../../parts/mark.tsx';

const TONES: Readonly<Record<string, Tone>> = {
  deleted: 'ok',
  delivered: 'quiet',
  received: 'accent',
  hidden: 'accent',
  refused: 'bad',
  failed: 'bad',
  'dead-lettered': 'bad',
  expired: 'warn',
};

/** How a thing that happened to a message is coloured. */
export function stepTone(what: string): Tone {
  return TONES[what] ?? 'quiet';
}

/** When a branch began and the last thing known of it happened, in milliseconds since the epoch. */
export function endsOf({ steps }: MessageBranch): readonly [number, number] | undefined {
  const [first, last] = [steps[0], steps.at(-1)];
  return first && last ? [first.time, last.time] : undefined;
}
