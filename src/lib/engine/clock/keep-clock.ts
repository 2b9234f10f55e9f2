import type { Journal } from '../journal/journal.ts';
import type { ClockRecord, EngineClock } from './engine-clock.ts';

const TABLE = 'clock';
const KEY = 'record';

/** Lets a clock go on where the journal says that it was left, and writes there what changes. */
export function keepClock(clock: EngineClock, journal: Journal): void {
  for (const { value } of journal.entries(TABLE)) clock.restore(value as ClockRecord);
  if (journal.durable) clock.onChange = () => writeClock(clock, journal);
}

/** Writes the clock's time, so that the next start begins no earlier. */
export function writeClock(clock: EngineClock, journal: Journal): void {
  journal.put(TABLE, KEY, clock.record());
}
