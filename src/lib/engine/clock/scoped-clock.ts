import type { Clock } from '../clock.ts';

/** A view of a clock for states that may be replaced while it goes on. */
export interface ScopedClock extends Clock {
  /** Nothing that was scheduled through this view runs any more. */
  end(): void;
}

/** @param clock that goes on when the view ends */
export function scopedClock(clock: Clock): ScopedClock {
  let over = false;
  return {
    now: () => clock.now(),
    timestamp: (at) => clock.timestamp(at),
    schedule: (time, task) =>
      clock.schedule(time, () => {
        if (!over) task();
      }),
    track: (work) => clock.track(work),
    stop: () => clock.stop(),
    end() {
      over = true;
    },
  };
}
