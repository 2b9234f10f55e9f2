import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cheaperFrom } from '../../../src/lib/compare/break-even.ts';
import { DeliveryCount } from '../../../src/lib/compare/delivery-count.ts';
import { keepComparison, lastComparison } from '../../../src/lib/compare/last-comparison.ts';
import { templateFigures } from '../../../src/lib/compare/template-figures.ts';
import { scaleWorkload, workloadOf } from '../../../src/lib/cost/workload.ts';
import { STYLES } from '../../../src/lib/definition/styles.ts';
import { deploymentOf } from '../../../src/lib/deploy/template.ts';
import type { MessageEvent } from '../../../src/lib/rules/message-trace.ts';
import { ordersComparison } from '../../fixtures/comparison.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const topology = ordersTopology('');
const [topic] = topology.topics;
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const topicArn = arn('sns', topic?.name ?? '');
const queueArn = arn('sqs', 'email-service-queue');
const common = { time: 5, account: '000000000000', region: 'us-east-1', messageId: 'm' };
const published: MessageEvent = { ...common, kind: 'published', topicArn, subscriptions: 2 };
const delivered: MessageEvent = {
  ...common,
  ...{ kind: 'delivered', topicArn, queueArn, subscriptionArn: 's', topicMessageId: 't' },
};
const filtered: MessageEvent = {
  ...common,
  ...{ kind: 'filtered', topicArn, subscriptionArn: 's', clause: '', scope: 'MessageBody' },
};
const deleted: MessageEvent = { ...common, kind: 'deleted', queueArn, by: 'consumer' };

function counted(...events: readonly MessageEvent[]): DeliveryCount {
  const count = new DeliveryCount(topology, ['analytics']);
  for (const event of events) count.add(event);
  return count;
}

describe('deliveries', () => {
  const all = [published, delivered, filtered, deleted];

  it('are complete with the last of them, and not before', () => {
    for (let length = 0; length < all.length; length++) {
      expect(counted(...all.slice(0, length)).isComplete(1), `${length} events`).toBe(false);
    }
    const count = counted(...all);
    expect(count.isComplete(1)).toBe(true);
    expect(count.isComplete(2)).toBe(false);
    expect([count.missing(1), count.missing(2), count.lastHandledAt]).toEqual([0, 1, 5]);
  });

  it('of subscribers without a handler are not waited for', () => {
    const other = { ...delivered, queueArn: arn('sqs', 'analytics-service-queue') };
    const count = counted(published, delivered, other, deleted);
    expect([count.deliveries, count.isComplete(1)]).toEqual([1, true]);
  });

  it('that become dead letters, or that the queue refuses, are missing', () => {
    const deadLetterArn = arn('sqs', 'email-service-dlq');
    const dead: MessageEvent = {
      ...common,
      ...{ kind: 'dead-lettered', queueArn, deadLetterArn, receiveCount: 3, bodyDigest: 0 },
    };
    const refused: MessageEvent = {
      ...common,
      ...{ kind: 'refused', topicArn, queueArn, subscriptionArn: 's', errorCode: '', reason: '' },
    };
    const count = counted(published, delivered, refused, dead);
    expect([count.isComplete(1), count.missing(1), count.deadLettered]).toEqual([true, 2, 1]);
  });

  it('by a purge, or of another topic or queue, are none', () => {
    const others = [
      { ...published, topicArn: arn('sns', 'other') },
      { ...deleted, queueArn: arn('sqs', 'other') },
      { ...deleted, by: 'purge' as const },
    ];
    const count = counted(...others);
    expect([count.published, count.handled]).toEqual([0, 0]);
  });
});

describe('a break-even', () => {
  it('is the first of two digits from which on the one costs less', () => {
    const from = cheaperFrom((events) => [72, events / 1e5]) ?? 0;
    expect(from).toBeGreaterThan(7.2e6);
    expect(from).toBeLessThanOrEqual(7.3e6);
  });

  it('is not there where one never costs less, and at the least where it always does', () => {
    expect(cheaperFrom((events) => [events, events])).toBeUndefined();
    expect(cheaperFrom((events) => [events, events + 1])).toBe(1000);
  });
});

it('scales a workload to what it would be with other events', () => {
  const question = { topology, payloadBytes: undefined, shares: new Map<string, number>() };
  const scaled = scaleWorkload(workloadOf({ ...question, events: 1e6 }), 7);
  expect(scaled).toEqual(workloadOf({ ...question, events: 7e6 }));
});

describe('the figures of a template', () => {
  const figuresOf = (style: (typeof STYLES)[number]) =>
    templateFigures(deploymentOf(topology, style));

  it('are those of the resources', () => {
    const { template } = deploymentOf(topology, 'hybrid');
    const { resources, types } = figuresOf('hybrid');
    expect(resources).toBe(Object.keys(template.Resources).length);
    expect(types).toBe(new Set(Object.values(template.Resources).map(({ Type }) => Type)).size);
  });

  it('say what scales how, starts cold, and has a time limit', () => {
    const said = STYLES.map((style) => {
      const { apiScales, subscribersScale, coldStarts, timeLimit } = figuresOf(style);
      return [apiScales, subscribersScale, coldStarts, timeLimit].join(' | ');
    });
    expect(said).toEqual([
      '1,000 at once | 1,000 at once | 4 functions | 5 s',
      '1 task | 1,000 at once | 3 functions | 5 s',
      '1 task | 10 tasks each | none | none',
    ]);
    expect(figuresOf('ecs').words.scaling).toContain('1 to 10 tasks, one for 100 messages');
  });
});

describe('a comparison', () => {
  it('fails where a style lost one order, and not where none did', () => {
    expect([ordersComparison(0).ok, ordersComparison(1).ok]).toEqual([true, false]);
  });

  it('labels each figure, and has null for what was not measured', () => {
    const { figures, styles } = ordersComparison(0);
    const find = (id: string) => figures.find((figure) => figure.id === id);
    const values = { serverless: null, hybrid: null, ecs: 12.3 };
    expect(find('firstRequestMs')).toMatchObject({ source: 'measured', values });
    expect(find('idleProcesses')?.values.ecs).toBeNull();
    expect(find('busyMemoryMb')?.values.ecs).toBe(2);
    expect(find('dollarsAMonth')).toMatchObject({ source: 'computed', values: { hybrid: 1 } });
    expect(styles.at(-1)?.finding).toContain('below serverless from 51,000 events a month');
  });

  it('is kept for the page, and anything else in its place is none', () => {
    const stateDir = join(folder, 'state');
    expect(lastComparison(stateDir)).toBeUndefined();
    keepComparison(stateDir, ordersComparison(0));
    expect(lastComparison(stateDir)).toEqual(ordersComparison(0));
    for (const text of ['', 'null', '{"styles":[]}', '[1]']) {
      writeFileSync(join(stateDir, 'comparison.json'), text);
      expect(lastComparison(stateDir), text).toBeUndefined();
    }
  });
});
