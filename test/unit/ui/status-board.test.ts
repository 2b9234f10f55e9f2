import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { StatusSnapshot, SubscriberStatus } from '../../../src/lib/diagnose/status/status.ts';
import {
  NO_HISTORY,
  type StatusHistory,
  withSnapshot,
} from '../../../src/lib/diagnose/status/status-rates.ts';
import { clockTime, shownCount, shownRate } from '../../../src/lib/ui/numbers.ts';
import { type BoardView, renderBoard } from '../../../src/lib/ui/status-board.ts';
import { renderChanges } from '../../../src/lib/ui/status-lines.ts';
import { plain } from '../../fixtures/terminal.ts';

const style = new Chalk({ level: 0 });

function subscriber(name: string, changes: Partial<SubscriberStatus> = {}): SubscriberStatus {
  return {
    name,
    queueUrl: `http://q/1/${name}`,
    subscribed: true,
    depth: 12,
    inFlight: 3,
    delayed: 0,
    oldestAgeSeconds: 95,
    dlqExists: true,
    dlqDepth: 0,
    arrived: 100,
    left: 85,
    consumers: 2,
    functions: null,
    ...changes,
  };
}

const NAMES = ['email', 'inventory', 'analytics'];
const TIME = new Date(2025, 0, 1, 14, 3, 9).getTime();

function snapshot(
  seconds: number,
  subscribers: readonly SubscriberStatus[],
  exists = true,
): StatusSnapshot {
  const topics = [{ key: 'order-events', name: 'order-events', arn: 'arn', exists }];
  return { time: TIME + seconds * 1000, topic: { arn: 'arn', exists }, topics, subscribers };
}

function historyOf(...snapshots: readonly StatusSnapshot[]): StatusHistory {
  return snapshots.reduce(withSnapshot, NO_HISTORY);
}

const HEALTHY = historyOf(
  snapshot(
    0,
    NAMES.map((name) => subscriber(name)),
  ),
  snapshot(
    2,
    NAMES.map((name) => subscriber(name, { arrived: 125, left: 86, depth: 36 })),
  ),
);

const view = (changes: Partial<BoardView> = {}): BoardView => ({
  topic: 'order-events',
  place: 'local us-east-1',
  history: HEALTHY,
  trouble: [],
  pace: 'every 2 s · Ctrl-C ends',
  ...changes,
});

const board = (changes: Partial<BoardView>, columns: number, rows = 30): string[] =>
  renderBoard(view(changes), { columns, rows }, style);

describe('the status board', () => {
  it('shows each subscriber with rates and sparklines in 80 columns', () => {
    expect(board({}, 80)).toEqual([
      'topic order-events  exists  local us-east-1                             14:03:11',
      '',
      'subscriber  depth  flight  oldest  in/s            out/s            dlq  readers',
      'email          36       3   1 min    13         █    0.5         █    0        2',
      'inventory      36       3   1 min    13         █    0.5         █    0        2',
      'analytics      36       3   1 min    13         █    0.5         █    0        2',
      '',
      'every 2 s · Ctrl-C ends',
    ]);
  });

  it('drops columns where it is narrow, the least important first', () => {
    expect(board({}, 58)[2]).toBe('subscriber  depth  flight  oldest  in/s  out/s  dlq');
    expect(board({}, 40).slice(2, 4)).toEqual([
      'subscriber  depth  flight  oldest  dlq',
      'email          36       3   1 min    0',
    ]);
    expect(board({}, 24)[2]).toBe('subscriber  depth  dlq');
    expect(board({}, 18)[2]).toBe('subscriber  depth');
    expect(board({}, 8).slice(2, 5)).toEqual(['subscri…', 'email', 'invento…']);
  });

  it('gives what is left over to the sparklines', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      snapshot(index, [subscriber('email', { arrived: 100 + index * index, left: 85 + index })]),
    );
    const wide = board({ history: historyOf(...many) }, 200)[3] ?? '';

    expect(wide.match(/[▁▂▃▄▅▆▇█]+/g)?.map((bars) => bars.length)).toEqual([40, 40]);
  });

  const WORST = historyOf(
    snapshot(0, [subscriber('inventory', { arrived: 0, left: 0 })]),
    snapshot(1, [
      subscriber('inventory', {
        subscribed: false,
        depth: 123_456_789,
        inFlight: 120_000,
        oldestAgeSeconds: 1_000_000,
        dlqDepth: 99_999,
        arrived: 99_999,
        left: 8_765_432,
      }),
      subscriber('gone', { queueUrl: null, depth: null, inFlight: null, dlqDepth: null }),
    ]),
  );
  const trouble = ['Could not read queue "x": throttled.', 'Wait a while.', 'Trying again in 4 s.'];

  it.each([
    [{}],
    [{ history: NO_HISTORY }],
    [{ history: WORST }],
    [{ history: WORST, trouble }],
    [{ trouble, place: 'aws 123456789012 ap-southeast-1' }],
  ])('is never wider nor higher than the window, nor coloured lines (%#)', (changes) => {
    const coloured = new Chalk({ level: 1 });
    for (let columns = 1; columns <= 130; columns += 1) {
      for (const rows of [1, 4, 8, 30]) {
        const lines = board(changes, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
        const painted = renderBoard(view(changes), { columns, rows }, coloured);
        expect(painted.map((line) => plain(line).trimEnd())).toEqual(
          lines.map((line) => line.trimEnd()),
        );
      }
    }
  });

  it('says how many subscribers there is no room for', () => {
    const many = historyOf(
      snapshot(
        0,
        Array.from({ length: 20 }, (_, index) => subscriber(`s${index}`)),
      ),
    );

    const lines = board({ history: many }, 80, 10);

    expect(lines).toHaveLength(10);
    expect(lines.slice(3)).toEqual([
      expect.stringMatching(/^s0 /),
      expect.stringMatching(/^s1 /),
      expect.stringMatching(/^s2 /),
      expect.stringMatching(/^s3 /),
      '… 16 more: make the window taller',
      '',
      'every 2 s · Ctrl-C ends',
    ]);
  });

  it('says what is missing, and marks what is unknown or estimated', () => {
    const unknown = { arrived: null, left: null, oldestAgeSeconds: null, consumers: null };
    const history = historyOf(
      snapshot(0, [subscriber('email', unknown), subscriber('inventory', { queueUrl: null })]),
      snapshot(
        2,
        [
          subscriber('email', { ...unknown, depth: 32 }),
          subscriber('inventory', { ...unknown, queueUrl: null, depth: null, dlqDepth: null }),
        ],
        false,
      ),
    );

    const text = board({ history }, 100).join('\n');

    expect(text).toContain('topic order-events  missing');
    expect(text).toMatch(/^email +32 +3 +– +~10 +█ +~0 +▁ +0 +–$/m);
    expect(text).toMatch(/^inventory \(no queue\) +– +3 +– +– +– +– +–$/m);
    expect(text).toContain('~ at the least');
    expect(board({}, 100).join('\n')).not.toContain('~');
  });

  it('keeps showing the last reading beside trouble', () => {
    const lines = board({ trouble }, 50);

    expect(lines.slice(-5)).toEqual([
      '',
      '! Could not read queue "x": throttled.',
      'Wait a while.',
      'Trying again in 4 s.',
      'every 2 s · Ctrl-C ends',
    ]);
    expect(lines.join('\n')).toContain('email');
  });
});

describe('the lines of a watch', () => {
  const first = snapshot(0, [subscriber('email'), subscriber('inventory')]);

  it('show every subscriber at first, then who changed; ages and rates alone are no change', () => {
    const time = clockTime(first.time);
    const begun = historyOf(first);
    expect(renderChanges(undefined, begun)).toEqual([
      `${time} email: depth 12, in flight 3, oldest 1 min, dlq 0, readers 2`,
      `${time} inventory: depth 12, in flight 3, oldest 1 min, dlq 0, readers 2`,
    ]);
    const later = withSnapshot(
      begun,
      snapshot(1, [
        subscriber('email', { oldestAgeSeconds: 300 }),
        subscriber('inventory', { subscribed: false, arrived: 102, delayed: 1, dlqDepth: 1 }),
      ]),
    );
    expect(renderChanges(first, later)).toEqual([
      `${clockTime(first.time + 1000)} inventory: not subscribed, depth 12, in flight 3, delayed 1, ` +
        'oldest 1 min, in 2.0/s, out 0/s, dlq 1, readers 2',
    ]);
  });

  it('say where there is no queue', () => {
    const nothing = {
      queueUrl: null,
      depth: null,
      inFlight: null,
      delayed: null,
      oldestAgeSeconds: null,
      dlqExists: false,
      dlqDepth: null,
      consumers: null,
      functions: null,
    };

    expect(
      renderChanges(undefined, historyOf(snapshot(0, [subscriber('email', nothing)]))),
    ).toEqual(['14:03:09 email: no queue']);
  });
});

describe('numbers on the board', () => {
  it.each([
    [0, '0'],
    [99_999, '99999'],
    [100_000, '100k'],
    [999_999, '999k'],
    [1_000_000, '1.0M'],
    [9_990_000, '9.9M'],
    [123_456_789, '123M'],
  ])('count %i is %s', (count, text) => expect(shownCount(count)).toBe(text));

  it.each([
    [0, '0'],
    [0.001, '0.1'],
    [2.04, '2.0'],
    [9.94, '9.9'],
    [9.96, '10'],
    [1234.5, '1235'],
    [250_000, '250k'],
  ])('rate %f is %s', (rate, text) => expect(shownRate(rate)).toBe(text));
});
