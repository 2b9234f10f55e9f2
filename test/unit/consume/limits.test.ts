import { describe, expect, it } from 'vitest';
import { createCapacity } from '../../../src/lib/consume/capacity.ts';
import { rememberHandledEvents } from '../../../src/lib/consume/handled-events.ts';
import { handleOnce, handlerSeconds } from '../../../src/lib/consume/handled-once.ts';
import type { HandlerEnd } from '../../../src/lib/consume/handling.ts';
import { pollsFor } from '../../../src/lib/consume/polling.ts';
import { deferred } from '../../../src/library/deferred.ts';

it.each([
  [1, 2],
  [10, 2],
  [11, 3],
  [80, 9],
  [81, 10],
  [1000, 10],
])('for %i handlers there are up to %i polls', (handlers, polls) => {
  expect(pollsFor(handlers)).toBe(polls);
});

it.each([
  [undefined, 0, 43_169],
  [undefined, 43_167.5, 2],
  [undefined, 43_168.5, 1],
  [undefined, 50_000, 1],
  [30, 0, 30],
  [0.5, 50_000, 0.5],
  [30, 43_150, 19],
])('with a limit of %s s, %s s after its receive, a handler has %s s', (timeout, age, seconds) => {
  expect(handlerSeconds(timeout, performance.now() - age * 1000)).toBe(seconds);
});

describe('how many messages are taken ahead', () => {
  it.each([
    // Of a visibility of 30 s, half is for what waits: turns of that length, but the one that runs.
    [1, 30, 7_500, 2],
    [1, 30, 5_000, 3],
    [1, 30, 7_501, 1],
    [1, 30, 15_000, 1],
    [2, 30, 5_000, 6],
    [5, 30, 5_000, 10],
    [1, 30, 0, 10],
    [1, 0.02, 1, 10],
    [1, 0.004, 0, 2],
  ])('%i handlers, %s s hidden, %s ms each: %i', (concurrency, seconds, ms, most) => {
    const capacity = createCapacity(concurrency, () => seconds);
    capacity.took(ms);
    expect(capacity.room(0)).toBe(most);
    expect(capacity.room(1)).toBe(Math.min(10, expectedRoom(concurrency, seconds, ms) - 1));
  });

  function expectedRoom(concurrency: number, seconds: number, ms: number): number {
    const turns = Math.floor((seconds * 500) / Math.max(ms, 1));
    return concurrency + Math.min(10, concurrency * Math.max(0, turns - 1));
  }

  it('forgets a slow handler little by little: a fifth of the difference each time', () => {
    const capacity = createCapacity(1, () => 30);
    capacity.took(10_000);
    expect(capacity.room(0)).toBe(1);
    // 8,000, 6,400 …: two turns fit in 15 s from 7,500 on.
    capacity.took(0);
    expect(capacity.room(0)).toBe(1);
    capacity.took(0);
    expect(capacity.room(0)).toBe(2);
    capacity.took(9_000);
    expect(capacity.room(0)).toBe(1);
  });

  it('is enough where one more would fit, and where as many are taken ahead as may be', () => {
    const slow = createCapacity(1, () => 30);
    slow.took(20_000);
    expect([slow.enough(0), slow.enough(1)]).toEqual([true, false]);
    const some = createCapacity(1, () => 30);
    some.took(5_000);
    // Two ahead and one at work: two are fetched together.
    expect([some.enough(1), some.enough(2)]).toEqual([true, false]);
  });
});

describe('an event that is handled once', () => {
  const HANDLED: HandlerEnd = { outcome: 'handled' };

  it('is a duplicate from then on, of its subscriber alone', async () => {
    const events = rememberHandledEvents();
    const once = handleOnce('mail', events);
    expect(await once.run('e', async () => HANDLED)).toBe(HANDLED);
    expect(await once.run('e', async () => HANDLED)).toBe('duplicate');
    expect(await handleOnce('other', events).run('e', async () => HANDLED)).toBe(HANDLED);
  });

  it.each<HandlerEnd>([
    { outcome: 'failed', reason: 'no' },
    { outcome: 'invalid', reason: 'no' },
    { outcome: 'timeout', reason: 'no' },
  ])('comes again where it was not: $outcome', async (end) => {
    const once = handleOnce('mail', rememberHandledEvents());
    expect(await once.run('e', async () => end)).toBe(end);
    expect(await once.run('e', async () => HANDLED)).toBe(HANDLED);
  });

  it('is waited for while another has it, also where that one fails in a way of its own', async () => {
    const once = handleOnce('mail', rememberHandledEvents());
    const first = deferred<HandlerEnd>();
    const failing = expect(once.run('e', () => first.promise)).rejects.toThrow('a defect');
    let begun = 0;
    const others = ['e', 'e', 'f'].map((id) =>
      once.run(id, async () => {
        begun += 1;
        return HANDLED;
      }),
    );
    expect(await others[2]).toBe(HANDLED);
    expect(begun).toBe(1);
    first.reject(new Error('a defect'));
    await failing;
    expect(await Promise.all(others)).toEqual([HANDLED, 'duplicate', HANDLED]);
    expect(begun).toBe(2);
  });
});
