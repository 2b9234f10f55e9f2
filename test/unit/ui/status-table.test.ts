import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { SubscriberStatus } from '../../../src/lib/diagnose/status/status.ts';
import { unreadQueues } from '../../../src/lib/diagnose/status/unread.ts';
import { renderStatus } from '../../../src/lib/ui/status-table.ts';

const style = new Chalk({ level: 0 });

function status(name: string, given: Partial<SubscriberStatus> = {}): SubscriberStatus {
  return {
    name,
    queueUrl: 'http://q',
    subscribed: true,
    depth: 400,
    inFlight: 0,
    delayed: 0,
    oldestAgeSeconds: 7200,
    dlqDepth: 12,
    dlqExists: true,
    arrived: null,
    left: null,
    consumers: null,
    functions: null,
    ...given,
  };
}

describe('a status on a narrow terminal', () => {
  const rows = [status('inventory'), status('a-subscriber-with-quite-a-long-name')];

  it.each([80, 60, 59, 50, 40])('stays within %i columns', (columns) => {
    const lines = renderStatus([], rows, style, columns);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(lines.join('\n')).toContain('400');
    expect(lines.join('\n')).toContain('dlq');
  });

  it('drops no column where there is room', () => {
    const [, heading = ''] = renderStatus([], [status('inventory')], style, 80);
    expect(heading.split(/ {2,}/)).toHaveLength(7);
  });
});

describe('queues that nobody reads', () => {
  it('are those with no reader where readers are told, else those with many waiting and none in flight', () => {
    const found = unreadQueues([
      status('told', { depth: 1, consumers: 0 }),
      status('read', { consumers: 1 }),
      status('nine', { depth: 9 }),
      status('ten', { depth: 10 }),
      status('busy', { inFlight: 1 }),
      status('empty', { depth: 0, consumers: 0 }),
    ]);
    expect(found.map(({ name }) => name)).toEqual(['ten', 'told']);
  });
});
