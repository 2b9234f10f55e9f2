import { describe, expect, it, vi } from 'vitest';
import { EngineClock } from '../../../src/lib/engine/clock/engine-clock.ts';
import { Machine, NOON } from '../../fixtures/machine.ts';

const HOUR = 3_600_000;

it('shows the millisecond that the machine shows, whenever in a millisecond it was started', () => {
  let behind = 0;
  for (let run = 0; run < 100; run += 1) {
    const clock = new EngineClock();
    const begun = Date.now();
    while (Date.now() === begun);
    // Where a process is interrupted between the two, the clock is ahead and not behind.
    const before = Date.now();
    if (clock.now() < before) behind += 1;
  }
  expect(behind).toBeLessThan(30);
});

it.each([
  ['from its start', (machine: Machine) => new EngineClock({ frozen: true }, machine)],
  [
    'when it is frozen',
    (machine: Machine) => {
      const clock = new EngineClock({}, machine);
      clock.freeze();
      return clock;
    },
  ],
  [
    'after a restart',
    (machine: Machine) => {
      const clock = new EngineClock({ frozen: true }, machine);
      const record = { ...clock.record(), frozen: false, now: NOON - 5 };
      clock.restore(record);
      return clock;
    },
  ],
])('stands still at a whole millisecond %s', async (_, make) => {
  const machine = new Machine();
  machine.wallTime += 0.9;
  const clock = make(machine);
  const ran: string[] = [];
  clock.schedule(clock.now() + 4666.5, () => ran.push('retry'));
  await clock.advance(4666);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual(['retry']);
});

it('lets what is under way end before it advances, so that what comes of that is due on the way', async () => {
  const { clock, ran, at } = started({ frozen: true });
  const start = clock.now();
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  clock.track(answered.then(() => at(start + 2000, 'retry')));
  const advanced = clock.advance(2000);
  answer();
  await advanced;
  expect(ran).toEqual(['retry']);
});

it.each([
  ['stopped', (clock: EngineClock) => clock.stop()],
  ['reset', (clock: EngineClock) => clock.reset()],
])('ends an advance that waits for work when it is %s', async (_, end) => {
  const { clock } = started({ frozen: true });
  let answer: () => void = () => undefined;
  clock.track(
    new Promise<void>((resolve) => {
      answer = resolve;
    }),
  );
  const advanced = clock.advance(2000);
  end(clock);
  const changes = vi.fn();
  clock.onChange = changes;
  const before = clock.now();
  answer();
  await advanced;
  expect(clock.now()).toBe(before);
  expect(changes).not.toHaveBeenCalled();
});

it('goes on by both of two advances that wait for the same work', async () => {
  const { clock } = started({ frozen: true });
  const start = clock.now();
  clock.track(Promise.resolve());
  await Promise.all([clock.advance(2000), clock.advance(3000)]);
  expect(clock.now()).toBe(start + 5000);
});

function started(options = {}) {
  const machine = new Machine();
  const clock = new EngineClock(options, machine);
  const ran: string[] = [];
  const at = (time: number, name: string) => clock.schedule(time, () => ran.push(name));
  return { machine, clock, ran, at };
}

describe('a wall clock that somebody sets', () => {
  it.each([-HOUR, HOUR])('changes no wait when it jumps by %i ms', (jump) => {
    const { machine, clock, ran, at } = started();
    at(clock.now() + 3000, 'poll');
    machine.wallTime += jump;
    clock.timestamp();

    machine.pass(2999);
    expect(ran).toEqual([]);
    machine.pass(1);
    expect(ran).toEqual(['poll']);
  });

  it('is not mistaken by a pause of the process while it is looked at', () => {
    const { machine, clock } = started();
    machine.wallTime += HOUR;
    const wall = vi.spyOn(machine, 'wall');
    wall.mockImplementationOnce(() => {
      machine.pass(110);
      return machine.wallTime;
    });
    clock.timestamp();
    expect(clock.timestamp()).toBe(machine.wallTime);

    wall.mockImplementationOnce(() => {
      const { wallTime } = machine;
      machine.pass(110);
      return wallTime;
    });
    expect(new EngineClock({}, machine).timestamp()).toBe(machine.wallTime);
  });

  it('is followed by timestamps, and what happened before keeps its own', () => {
    const { machine, clock } = started();
    machine.pass(10);
    const before = clock.now();
    machine.wallTime -= HOUR;
    machine.pass(5);
    expect(clock.timestamp()).toBe(NOON - HOUR + 15);
    const after = clock.now();
    machine.pass(1);
    machine.wallTime += 3 * HOUR;

    expect(clock.timestamp()).toBe(NOON + 2 * HOUR + 16);
    expect(clock.timestamp(before)).toBe(NOON + 10);
    expect(clock.timestamp(after)).toBe(NOON - HOUR + 15);
    expect(clock.now()).toBe(after + 1);
  });

  it('keeps the time line when the engine was stopped meanwhile', () => {
    const { machine, clock } = started();
    machine.wallTime += 8 * HOUR;
    clock.timestamp();
    machine.pass(1000);
    const record = JSON.parse(JSON.stringify(clock.record()));
    const stopped = clock.now();
    // JSON knows no infinity; the journal does.
    record.steps[0][0] = Number.NEGATIVE_INFINITY;

    machine.pass(5000);
    const next = new EngineClock({}, machine);
    next.restore(record);
    expect(next.now()).toBe(stopped + 5000);
    expect(next.timestamp()).toBe(machine.wallTime);

    machine.wallTime -= 30 * HOUR;
    const last = new EngineClock({}, machine);
    last.restore(record);
    expect(last.now()).toBe(stopped);
    expect(last.timestamp()).toBe(machine.wallTime);
    expect(last.timestamp(stopped - 1)).toBe(machine.wallTime - 5000 + 30 * HOUR - 1);
  });
});

describe('advance', () => {
  it('runs what is due on the way, in order, each at its own time', async () => {
    const { clock } = started({ frozen: true });
    const start = clock.now();
    const times: number[] = [];
    clock.schedule(start + 300, () => times.push(clock.now() - start));
    clock.schedule(start + 100, () => {
      times.push(clock.now() - start);
      clock.schedule(clock.now() + 100, () => times.push(clock.now() - start));
    });
    clock.schedule(start + 301, () => times.push(-1));

    await clock.advance(300);

    expect(times).toEqual([100, 200, 300]);
    expect(clock.timestamp()).toBe(NOON + 300);
  });

  it('waits for work under way outside the engine before it goes on', async () => {
    const { clock, ran } = started({ frozen: true });
    let arrive: () => void = () => undefined;
    clock.schedule(clock.now() + 10, () => {
      const delivery = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      clock.track(delivery);
      void delivery.then(() => clock.schedule(clock.now() + 10, () => ran.push('retry')));
    });

    const advanced = clock.advance(20);
    expect(clock.now()).toBe(NOON + 10);
    arrive();
    await advanced;

    expect(ran).toEqual(['retry']);
    expect(clock.now()).toBe(NOON + 20);
  });

  it('goes no further for work that never ends than two seconds', async () => {
    const { machine, clock } = started({ frozen: true });
    clock.schedule(clock.now() + 10, () => clock.track(new Promise(() => undefined)));

    const advanced = clock.advance(20);
    machine.pass(1999);
    expect(clock.now()).toBe(NOON + 10);
    machine.pass(1);
    await advanced;

    expect(clock.now()).toBe(NOON + 20);
  });
});

describe('a frozen clock', () => {
  it('stands still until it runs, and goes on from there', () => {
    const { machine, clock, ran, at } = started();
    at(clock.now() + 1000, 'due');
    machine.pass(400);
    clock.freeze();
    machine.pass(10_000);
    expect([clock.now(), clock.timestamp(), ran]).toEqual([NOON + 400, NOON + 400, []]);

    clock.run();
    machine.pass(599);
    expect(ran).toEqual([]);
    machine.pass(1);
    expect(ran).toEqual(['due']);
    expect(clock.timestamp()).toBe(NOON + 1000);
  });

  it('begins where it is told, and again after a reset', async () => {
    const { clock, ran, at } = started({ frozen: true, startAt: 0 });
    await clock.advance(90_000);
    expect(new Date(clock.timestamp()).toISOString()).toBe('1970-01-01T00:01:30.000Z');
    at(clock.now() + 1, 'forgotten');

    clock.reset();
    await clock.advance(10);

    expect(clock.timestamp()).toBe(10);
    expect(ran).toEqual([]);
  });
});

it('runs nothing that was cancelled, or after it was stopped', () => {
  const { machine, clock, ran, at } = started();
  at(clock.now() + 10, 'cancelled').cancel();
  at(clock.now() + 20, 'kept');
  machine.pass(20);
  at(clock.now() + 10, 'late');
  clock.stop();
  at(clock.now() + 10, 'later');
  machine.pass(100);

  expect(ran).toEqual(['kept']);
});

describe('a timer that was set before the clock jumped', () => {
  it('holds up nothing that is scheduled after an advance', () => {
    const { machine, clock, ran, at } = started();
    at(clock.now() + 30_000, 'due on the way');
    void clock.advance(31_000);
    expect(ran).toEqual(['due on the way']);

    at(clock.now() + 100, 'next');
    machine.pass(99);
    expect(ran).toEqual(['due on the way']);
    machine.pass(1);
    expect(ran).toEqual(['due on the way', 'next']);
  });

  it('goes off earlier for what an advance did not reach', () => {
    const { machine, clock, ran, at } = started();
    at(clock.now() + 30_000, 'later');
    void clock.advance(20_000);
    machine.pass(9_999);
    expect(ran).toEqual([]);
    machine.pass(1);
    expect(ran).toEqual(['later']);
  });

  it('holds up nothing that is scheduled after a reset', () => {
    const { machine, clock, ran, at } = started();
    at(clock.now() + 30_000, 'forgotten');
    machine.pass(29_000);
    clock.reset();
    at(clock.now() + 5_000, 'next');
    machine.pass(5_000);
    expect(ran).toEqual(['next']);
  });

  it.each([500, 5_000])('lets wait %i ms what is to wait so long after a reset', (wait) => {
    const { machine, clock, ran, at } = started();
    at(clock.now() + 30_000, 'forgotten');
    machine.pass(29_000);
    clock.reset();
    at(clock.now() + wait, 'next');
    for (let passed = 100; passed < wait; passed += 100) machine.pass(100);
    expect(ran).toEqual([]);
    machine.pass(100);
    expect(ran).toEqual(['next']);
    at(clock.now() + wait, 'one more');
    for (let passed = 0; passed < wait; passed += 100) machine.pass(100);
    expect(ran).toEqual(['next', 'one more']);
  });
});
