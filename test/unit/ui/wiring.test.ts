import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { WiredSubscription, Wiring } from '../../../src/lib/diagnose/wiring/wiring.ts';
import { renderWiring } from '../../../src/lib/ui/wiring.ts';

const style = new Chalk({ level: 0 });
const UNTAGGED = { kind: 'untagged', words: 'untagged' } as const;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:payments';

function subscription(queue: string, given: Partial<WiredSubscription> = {}): WiredSubscription {
  return {
    arn: `${TOPIC}:1`,
    topicArn: TOPIC,
    protocol: 'sqs',
    endpoint: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    queue,
    state: 'ok',
    reason: undefined,
    filterPolicy: undefined,
    filterPolicyScope: 'MessageAttributes',
    rawDelivery: false,
    ...given,
  };
}

function wiring(subscriptions: readonly WiredSubscription[]): Wiring {
  return {
    topics: [{ name: 'payments', arn: TOPIC, fifo: false, owner: UNTAGGED, subscriptions }],
    queues: subscriptions.map(({ queue = '' }) => ({
      name: queue,
      url: `http://localhost/000000000000/${queue}`,
      arn: '',
      fifo: false,
      owner: UNTAGGED,
      topics: ['payments'],
      waiting: 0,
      inFlight: 0,
      deadLetters: { queue: `${queue}-dead`, maxReceiveCount: 3 },
      deadLettersOf: [],
    })),
    orphans: [],
    unread: 0,
  };
}

const FILTER = JSON.stringify({ amount: [{ numeric: ['>=', 1000] }], currency: ['EUR', 'USD'] });
const BROKEN = subscription('a-queue-with-quite-a-long-name-that-is-one-word', {
  state: 'refused',
  reason: 'it has no policy',
  filterPolicy: FILTER,
});

describe('a wiring on a terminal', () => {
  it.each([200, 80, 60, 59, 40])('stays within %i columns', (columns) => {
    const lines = renderWiring(wiring([BROKEN, subscription('ledger')]), {
      columns,
      style,
      verbose: false,
    });
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });

  it('begins with what is broken', () => {
    const lines = renderWiring(wiring([subscription('ledger'), BROKEN]), {
      columns: 80,
      style,
      verbose: false,
    });
    expect(lines[0]).toBe('1 topic, 2 queues, 2 subscriptions');
    expect(lines[2]).toMatch(/^✗ payments → a-queue.*/);
  });

  it('cuts a filter to a line, and shows it whole when all is asked for', () => {
    const shown = (verbose: boolean) =>
      renderWiring(wiring([subscription('ledger', { filterPolicy: FILTER })]), {
        columns: 60,
        style,
        verbose,
      })
        .join('')
        .replace(/\s/g, '');
    expect(shown(false)).not.toContain(FILTER);
    expect(shown(true)).toContain(FILTER);
  });

  it('shows twenty subscriptions of a topic, and says how many there are more', () => {
    const many = (count: number) =>
      renderWiring(wiring(Array.from({ length: count }, (_, index) => subscription(`q${index}`))), {
        columns: 80,
        style,
        verbose: false,
      }).filter((line) => line.includes('more: --verbose'));
    expect(many(20)).toEqual([]);
    expect(many(21)).toEqual(['  … and 1 more: --verbose']);
  });
});
