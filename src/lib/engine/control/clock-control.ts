import { usageError } from '../../rules/errors.ts';
import { parseDuration } from '../../rules/text/duration.ts';
import { EngineClock } from '../clock/engine-clock.ts';
import type { Engine } from '../engine.ts';

/** What an engine's clock shows. */
export interface ClockFace {
  /** ISO 8601. */
  readonly time: string;
  readonly frozen: boolean;
  /** Milliseconds by which it is ahead of the machine's clock. */
  readonly advanced: number;
}

/** The clock of an engine that can be advanced. @throws Error for one that was given a clock of another kind. */
export function clockOf({ clock }: Pick<Engine, 'clock'>): EngineClock {
  if (clock instanceof EngineClock) return clock;
  throw new Error('this engine was given a clock that only its giver can advance');
}

/** What the clock shows now. */
export function clockFace(clock: EngineClock): ClockFace {
  const { frozen } = clock;
  const time = new Date(clock.timestamp()).toISOString();
  return { time, frozen, advanced: Math.round(clock.advanced) };
}

/** The longest that a clock is advanced at once: ten years, in milliseconds. */
const MAX_ADVANCE_MS = 10 * 365 * 86_400_000;

/**
 * Reads how far a clock is to be advanced: `500ms`, or a length of time such as `30s`, `1h30m`, `2d`.
 *
 * @param value text, or a number of milliseconds
 * @returns milliseconds. @throws AppError (exit 2)
 */
export function parseAdvance(value: string | number): number {
  const text = typeof value === 'number' ? `${value}ms` : value.trim();
  const [, whole] = /^(\d{1,15})ms$/.exec(text) ?? [];
  const ms = whole === undefined ? parseDuration('advance', text) * 1000 : Number(whole);
  if (ms > MAX_ADVANCE_MS) throw usageError('A clock is advanced by ten years at most.');
  return ms;
}
