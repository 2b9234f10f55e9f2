/** From a moment of the engine's time on, the wall clock was this many milliseconds ahead of it. */
export type ClockStep = readonly [from: number, offset: number];

/** Differences below this, in milliseconds, come from reading two clocks one after the other. */
const TOLERANCE_MS = 500;

/** Steps that are remembered; a laptop makes one each time it wakes. */
const REMEMBERED_STEPS = 256;

/**
 * Tells engine time and wall-clock time apart. Both go at one pace, except where somebody sets the machine's clock or
 * the machine sleeps: each of these is a step, and what happened before it keeps its timestamp.
 */
export class WallTime {
  readonly #steps: ClockStep[];

  /** @param steps those that are known, the earliest first. */
  constructor(steps: readonly ClockStep[] = []) {
    this.#steps = steps.length === 0 ? [[Number.NEGATIVE_INFINITY, 0]] : [...steps];
  }

  get steps(): readonly ClockStep[] {
    return this.#steps;
  }

  /** How far the wall clock is ahead of the engine's time now. */
  get offset(): number {
    return this.#steps.at(-1)?.[1] ?? 0;
  }

  /** Whether the wall clock showing `wall` at the engine's time `now` is a new step. */
  isStep(now: number, wall: number): boolean {
    return Math.abs(wall - now - this.offset) >= TOLERANCE_MS;
  }

  /** Takes notice of the wall clock showing `wall` at the engine's time `now`; true when that is a new step. */
  observe(now: number, wall: number): boolean {
    if (!this.isStep(now, wall)) return false;
    this.#steps.push([now, wall - now]);
    if (this.#steps.length > REMEMBERED_STEPS) this.#steps.shift();
    return true;
  }

  /** The wall clock's time at a moment of the engine's time. */
  at(time: number): number {
    for (let index = this.#steps.length - 1; index > 0; index -= 1) {
      const [from, offset] = this.#steps[index] as ClockStep;
      if (from <= time) return time + offset;
    }
    return time + (this.#steps[0]?.[1] ?? 0);
  }
}
