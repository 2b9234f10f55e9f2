import { describe, expect, it } from 'vitest';
import type { StatusSnapshot, SubscriberStatus } from '../../../src/lib/diagnose/status/status.ts';
import {
  NO_HISTORY,
  ratesBetween,
  withSnapshot,
} from '../../../src/lib/diagnose/status/status-rates.ts';
import { sparkline } from '../../../src/lib/ui/sparkline.ts';

const EMAIL: SubscriberStatus = {
  name: 'email',
  queueUrl: 'http://q/1/email',
  subscribed: true,
  depth: 0,
  inFlight: 0,
  delayed: 0,
  oldestAgeSeconds: 0,
  dlqExists: true,
  dlqDepth: 0,
  arrived: null,
  left: null,
  consumers: null,
  functions: null,
};

const at = (time: number, email: Partial<SubscriberStatus>): StatusSnapshot => ({
  time,
  topic: { arn: 'arn', exists: true },
  topics: [{ key: 'orders', name: 'orders', arn: 'arn', exists: true }],
  subscribers: [{ ...EMAIL, ...email }],
});

const rate = (before: StatusSnapshot | undefined, now: StatusSnapshot) =>
  ratesBetween(before, now).get('email');

describe('rates between two readings', () => {
  it('are counted where both have counters, however the queue looks', () => {
    const before = at(1000, { depth: 5, arrived: 100, left: 95 });
    const now = at(3000, { depth: 5, arrived: 140, left: 135 });

    expect(rate(before, now)).toEqual({ in: 20, out: 20, exact: true });
  });

  it('are what the queue grew or shrank by where nobody counts', () => {
    const before = at(0, { depth: 5, inFlight: 3, delayed: 2 });

    expect(rate(before, at(2000, { depth: 20, inFlight: 0, delayed: 0 }))).toEqual({
      in: 5,
      out: 0,
      exact: false,
    });
    expect(rate(before, at(500, { depth: 5 }))).toEqual({ in: 0, out: 10, exact: false });
  });

  it('a message that is received stays in the queue', () => {
    expect(rate(at(0, { depth: 3 }), at(1000, { inFlight: 3 }))).toMatchObject({ in: 0, out: 0 });
  });

  it.each([
    ['at first', undefined, at(1000, { depth: 1 })],
    ['when no time has passed', at(1000, { depth: 0 }), at(1000, { depth: 9 })],
    ['when the clock went back', at(1000, { depth: 0 }), at(900, { depth: 9 })],
    ['when the queue is new', at(0, { depth: null }), at(1000, { depth: 9 })],
    ['when the queue is gone', at(0, { depth: 9 }), at(1000, { depth: null })],
    [
      'when counters began anew',
      at(0, { arrived: 100, left: 90 }),
      at(1000, { arrived: 10, left: 0 }),
    ],
    ['when counting has just begun', at(0, {}), at(1000, { arrived: 10, left: 0 })],
  ])('are unknown %s', (_when, before, now) => {
    expect(rate(before, now)).toMatchObject({ in: null, out: null });
  });

  it('are kept as a series, the newest last, and not without end', () => {
    let history = NO_HISTORY;
    for (let index = 0; index < 500; index += 1) {
      history = withSnapshot(history, at(index * 1000, { arrived: index * 2, left: index }));
    }

    const { in: ins = [], out = [] } = history.series.get('email') ?? {};
    expect(ins.length).toBe(120);
    expect(ins.at(-1)).toBe(2);
    expect(out.at(-1)).toBe(1);
    expect(history.rates.get('email')).toEqual({ in: 2, out: 1, exact: true });
  });
});

describe('a sparkline', () => {
  it.each([
    [[], 4, '    '],
    [[0, 0], 4, '  ▁▁'],
    [[5, 5, 5], 3, '███'],
    [[0, 1, 2, 3, 4, 5, 6, 7], 8, '▁▂▃▄▅▆▇█'],
    [[1, null, 2], 3, '▅ █'],
    [[0.001, 1000], 2, '▂█'],
    [[900, 1, 1, 1], 3, '███'],
    [[1, 2], 0, ''],
  ])('%j in %i characters', (values, width, expected) => {
    expect(sparkline(values, width)).toBe(expected);
  });
});
