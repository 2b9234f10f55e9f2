/** What the machine tells of time, in milliseconds. */
export interface MachineTime {
  /** Goes on evenly from an arbitrary moment. */
  monotonic(): number;
  /** Since the epoch, fractions included where known; somebody may set it forward or back. */
  wall(): number;
  /** Calls `task` after `delay` milliseconds, without keeping the process alive; gives what cancels that. */
  after(delay: number, task: () => void): () => void;
}

// A test runner's fake timers replace these in the whole process; an engine in that process goes on with the real ones.
const { setTimeout, clearTimeout } = globalThis;
const monotonic = performance.now.bind(performance);
const { timeOrigin } = performance;

/** Node's timers fire at once for delays beyond 31 bits: longer waits take several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clocks and timers of this machine. */
export const machineTime: MachineTime = {
  monotonic,
  wall() {
    const now = Date.now();
    // Whole milliseconds would leave an engine up to one behind the clock that its clients read.
    const precise = timeOrigin + monotonic();
    return Math.floor(precise) === now ? precise : now;
  },
  after(delay, task) {
    const timer = setTimeout(task, Math.min(Math.max(0, delay), LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Readings of both clocks that lie further apart, in milliseconds, are taken again. */
const CLOSE_MS = 1;

/** How often both clocks are read again at most, on a machine that pauses the process each time. */
const MOST_REREADS = 20;

/**
 * Both clocks at one moment. A process that is paused between reading the one and the other would take the pause for the
 * wall clock being ahead; it reads them again.
 */
export function readTogether(machine: MachineTime): {
  readonly monotonic: number;
  readonly wall: number;
} {
  for (let pauses = 0; ; pauses += 1) {
    const monotonic = machine.monotonic();
    const wall = machine.wall();
    if (machine.monotonic() - monotonic < CLOSE_MS || pauses === MOST_REREADS)
      return { monotonic, wall };
  }
}
