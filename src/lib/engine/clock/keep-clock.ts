import type { Journal } from '../journal/journal.ts';
import type { ClockRecord, EngineClock } from './engine-clock.ts';

const TABLE = 'clock';
const KEY = 'record';

/** How old the time that a commit holds may be, in milliseconds. */
const RECORD_AGE_MS = 1000;

/**
 * Lets a clock go on where the journal says that it was left, and writes there what changes; the time too, with the
 * commits of every second. So an engine that was killed goes on no earlier than what it keeps, though somebody set the
 * machine's clock back meanwhile.
 */
export function keepClock(clock: EngineClock, journal: Journal): void {
  for (const { value } of journal.entries(TABLE)) clock.restore(value as ClockRecord);
  if (!journal.durable) return;
  clock.onChange = () => writeClock(clock, journal);
  let written = Number.NEGATIVE_INFINITY;
  journal.onCommit = () => {
    const now = clock.now();
    // Also after a reset, with which a clock may go back.
    if (Math.abs(now - written) < RECORD_AGE_MS) return;
    written = now;
    writeClock(clock, journal);
  };
}

/** Writes the clock's time, so that the next start begins no earlier. */
export function writeClock(clock: EngineClock, journal: Journal): void {
  journal.put(TABLE, KEY, clock.record());
}
