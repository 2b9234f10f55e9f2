import { usageError } from '../../rules/errors.ts';
import { readDuration } from '../../rules/text/duration.ts';
import { shownValue } from '../../rules/text/shown-text.ts';
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

/** Ten years, in milliseconds. */
const MAX_TIME_MS = 10 * 365 * 86_400_000;

/**
 * Reads a length of time, also how far a clock is to be advanced: `500ms`, `30s`, `1h30m`, `2d`; ten years at most.
 *
 * @param value text, or a number of milliseconds
 * @param name what it is, for the error
 * @returns milliseconds. @throws AppError (exit 2), for what is neither too
 */
export function parseTime(value: unknown, name: string): number {
  const text = typeof value === 'number' ? `${value}ms` : value;
  const [, whole] = typeof text === 'string' ? (/^\s*(\d{1,15})ms\s*$/.exec(text) ?? []) : [];
  const seconds = typeof text === 'string' ? readDuration(text) : undefined;
  const ms = whole === undefined ? (seconds ?? Number.NaN) * 1000 : Number(whole);
  if (ms <= MAX_TIME_MS) return ms;
  const shown = Number.isNaN(ms) ? `, not ${shownValue(value)}` : ' of ten years at most';
  throw usageError(`${name} must be a length of time${shown}.`, 'Such as 500ms, 30s or 1h30m');
}
