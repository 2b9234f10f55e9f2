import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { renderChanges, renderNameWait } from '../../../src/lib/ui/plan.ts';
import { renderStatus } from '../../../src/lib/ui/status-table.ts';
import { renderTable } from '../../../src/lib/ui/table.ts';

const plain = new Chalk({ level: 0 });
const coloured = new Chalk({ level: 1 });

describe('a plan on the screen', () => {
  it('shows signs, aligned names, and old → new below an update', () => {
    const lines = renderChanges(
      [
        { action: 'create', type: 'topic', name: 'order-events' },
        {
          action: 'update',
          type: 'subscription',
          name: 'email-service-queue',
          differences: [
            { setting: 'RawMessageDelivery', from: 'true', to: 'false' },
            { setting: 'FilterPolicy', from: 'x'.repeat(70), to: undefined },
          ],
        },
        { action: 'leave', type: 'queue', name: 'mine', remark: 'left' },
      ],
      plain,
    );

    expect(lines).toEqual([
      '+ topic         order-events',
      '~ subscription  email-service-queue',
      '    RawMessageDelivery: true → false',
      '    FilterPolicy:',
      `        ${'x'.repeat(70)}`,
      '      → none',
      '! queue         mine (left)',
    ]);
  });

  it('counts down on one line', () => {
    expect(renderNameWait(['a'], 58)).toBe('Waiting 58 s: a was deleted less than a minute ago');
    expect(renderNameWait(['a', 'b'], 0)).toBe(
      'Waiting: 2 queues were deleted less than a minute ago',
    );
  });
});

describe('a table', () => {
  it('stands the same with and without colours', () => {
    const draw = (style: typeof plain) =>
      renderTable(
        [{ heading: 'name' }, { heading: 'n', numeric: true }],
        [
          [{ text: 'email', paint: style.bold }, { text: '1' }],
          [{ text: 'x' }, { text: '1234', paint: style.red }],
        ],
        style,
      );
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

    expect(draw(plain)).toEqual(['name      n', 'email     1', 'x      1234']);
    expect(draw(coloured).map((line) => line.replace(escapes, ''))).toEqual(draw(plain));
  });
});

it('the status table keeps to 80 columns with large counts, and says ages as people do', () => {
  const counts = { depth: 1_000_000, inFlight: 120_000, delayed: 99_999, dlqDepth: 1_000_000 };
  const lines = renderStatus(
    [{ key: 'order-events', name: 'order-events', arn: 'arn', exists: true }],
    [45, 61, 7200, 200_000].map((oldestAgeSeconds) => ({
      name: 'analytics',
      queueUrl: 'http://q',
      subscribed: true,
      oldestAgeSeconds,
      arrived: null,
      left: null,
      consumers: null,
      functions: null,
      dlqExists: true,
      ...counts,
    })),
    plain,
  );

  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(lines.slice(3).map((line) => /(\d+ (?:s|min|h|d)) /.exec(line)?.[1])).toEqual([
    '45 s',
    '1 min',
    '2 h',
    '2 d',
  ]);
});
