import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAlarm, createPace } from '../../../src/lib/outbox/relay-pace.ts';

const A_DAY_MS = 86_400_000;
const forever = new AbortController().signal;

describe('an alarm', () => {
  it('ends the wait for it, or the next one', async () => {
    const alarm = createAlarm();
    expect(alarm.rang).toBe(false);
    const waiting = alarm.wait(A_DAY_MS, forever);
    alarm.ring();
    await waiting;
    expect(alarm.rang).toBe(true);
    await alarm.wait(A_DAY_MS, forever);
    alarm.reset();
    expect(alarm.rang).toBe(false);
    await alarm.wait(1, forever);
  });

  it('waits neither for what was ended nor beyond the end', async () => {
    const alarm = createAlarm();
    const end = new AbortController();
    const waiting = alarm.wait(A_DAY_MS, end.signal);
    end.abort();
    await waiting;
    await alarm.wait(A_DAY_MS, end.signal);
    expect(alarm.rang).toBe(false);
  });
});

describe('a pace', () => {
  /** Rests once while so many commits come in. */
  const restWith = async (pace: ReturnType<typeof createPace>, commits: number, lag = 0) => {
    const resting = pace.rest(lag, forever);
    for (let n = 0; n < commits; n++) pace.committed();
    await resting;
  };

  it('gives way to requests, the less the later its events are', async () => {
    const pace = createPace(30, 1_000);
    expect(pace.limit(500)).toBe(500);
    await restWith(pace, 1_000_000);
    expect([pace.limit(500), pace.limit(7)]).toEqual([30, 7]);
    await restWith(pace, 1_000_000, 10);
    expect(pace.limit(500)).toBe(30);
    await restWith(pace, 1_000_000, 25);
    expect(pace.limit(500)).toBe(75);
    pace.calm();
    expect(pace.limit(500)).toBe(500);
  });

  it('is usual again when no commits come in', async () => {
    const pace = createPace(300, 1_000);
    await restWith(pace, 1_000_000);
    expect(pace.limit(500)).toBe(300);
    await expect
      .poll(async () => {
        await restWith(pace, 0);
        return pace.limit(500);
      })
      .toBe(500);
  });

  it('rests next to nothing when it is a second behind, and ends a rest at once when told', async () => {
    const pace = createPace(A_DAY_MS, 1_000);
    await pace.rest(1, forever);
    const end = new AbortController();
    let isOver = false;
    const resting = pace.rest(0.9, end.signal).then(() => {
      isOver = true;
    });
    await setImmediate();
    expect(isOver).toBe(false);
    end.abort();
    await resting;
    await pace.rest(0, end.signal);
  });
});
