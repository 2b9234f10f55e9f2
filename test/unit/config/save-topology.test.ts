import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineTopology, loadTopology, saveTopology } from '../../../src/index.ts';
import { topologyText } from '../../../src/lib/config/save-topology.ts';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import { writeDuration } from '../../../src/lib/definition/write-scalars.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-save-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function readBack(text: string) {
  const path = join(folder, 'back.yaml');
  writeFileSync(path, text);
  const project = readTopologyFile(path);
  return buildTopology(definitionOf(project), { prefix: project.prefix ?? '' });
}

const TOPOLOGIES = {
  orders: { ...ordersTopology(''), folder: undefined },
  'with a prefix, FIFO': { ...ordersTopology('dev', { fifo: true }), folder: undefined },
  rich: defineTopology({
    name: 'payments',
    prefix: 'p',
    topics: {
      payments: { name: 'acme-payments', tags: { team: 'money', yes: 'no' } },
      'ledger.fifo': { contentBasedDeduplication: true, displayName: 'Ledger: "x"' },
      theirs: { arn: 'arn:aws:sns:eu-west-1:111122223333:user-events' },
    },
    subscribers: {
      one: { from: 'payments', filterPolicy: { id: [1234567890123456789n, 1.5, null, 'no', '1'] } },
      many: {
        from: {
          payments: { rawDelivery: true },
          theirs: { filterPolicy: { a: [{ prefix: 'x' }] } },
        },
        dlq: false,
        delay: '90s',
      },
      list: {
        from: ['payments', 'theirs'],
        dlq: { maxReceiveCount: 1, kmsKey: false },
        kmsKey: 'alias/k',
      },
      book: {
        from: 'ledger.fifo',
        queue: 'book',
        visibilityTimeout: 0,
        handler: { module: 'b.ts' },
      },
      loose: { from: 'ledger.fifo', fifo: false },
    },
    events: { paid: { version: 2, schema: { type: 'object' } } },
    managed: false,
  }),
  'with functions': defineTopology({
    name: 'shop',
    prefix: 'p',
    subscribers: {
      orders: {
        visibilityTimeout: '3m',
        handler: {
          function: 'Processor',
          batchSize: 100,
          window: '5s',
          partialFailures: true,
          maximumConcurrency: 2,
        },
      },
      audit: { handler: { function: 'Audit' } },
    },
    tables: {
      Orders: {
        key: { hash: 'orderId', range: 'at:N' },
        ttl: 'expires',
        indexes: { byUser: 'userId', byBlob: { hash: 'blob:B', range: 'at:N' } },
        tags: { team: 'shop' },
      },
      Log: { name: 'acme.log', key: 'id' },
    },
    functions: {
      Processor: {
        name: 'acme-processor',
        runtime: 'python3.13',
        handler: 'app.main',
        code: 'lambda',
        timeout: '30s',
        memory: 256,
        environment: { TABLE: 'Orders', OTHER: 'x' },
        tables: { Orders: 'write', Log: 'readwrite' },
        reservedConcurrency: 0,
        role: 'arn:aws:iam::111122223333:role/processor',
        tags: { team: 'shop' },
      },
      Audit: { runtime: 'nodejs24.x', code: 'audit.zip' },
    },
  }),
} as const;

describe('a topology that is saved', () => {
  it.each(Object.entries(TOPOLOGIES))(
    'is the same when it is read again: %s',
    (_name, topology) => {
      const again = readBack(topologyText(topology));
      expect(again).toEqual(topology);
    },
  );

  it('keeps the digits of its filters, and says nothing that holds anyway', () => {
    const text = topologyText(TOPOLOGIES.rich);
    expect(text).toContain('1234567890123456789');
    expect(text).toMatch(/^# yaml-language-server: \$schema=https:/);
    expect(topologyText(TOPOLOGIES.orders)).not.toMatch(/retention|rawDelivery|managed/);
  });

  it('is loaded and saved by a program, and never over another file unasked', async () => {
    const path = join(folder, 'saved.yaml');
    await saveTopology(path, TOPOLOGIES.rich);
    const loaded = defineTopology<{ paid: { id: number } }>(await loadTopology(path));
    expect({ ...loaded, folder: undefined }).toEqual(TOPOLOGIES.rich);
    expect(loaded.folder).toBe(folder);
    expect((await loadTopology(path, { prefix: 'q' })).topics[0]?.name).toBe('q-acme-payments');
    await expect(saveTopology(path, TOPOLOGIES.orders)).rejects.toMatchObject({
      code: 'FileExists',
    });
    expect(readFileSync(path, 'utf8')).toContain('acme-payments');
    await saveTopology(path, TOPOLOGIES.orders, { overwrite: true });
    expect(readFileSync(path, 'utf8')).toContain('order-events');
  });

  it.each([
    [0, '0s'],
    [1, '1s'],
    [60, '1m'],
    [61, '61s'],
    [3600, '1h'],
    [86_400, '1d'],
    [1_209_600, '14d'],
  ])('writes %i seconds as %s', (seconds, text) => expect(writeDuration(seconds)).toBe(text));
});

describe('a topology of a program', () => {
  it.each([
    [
      { subscibers: {} },
      /^unknown key "subscibers", did you mean "subscribers"\?$/,
      'InvalidTopology',
    ],
    [{ subscribers: { a: { visibilityTimeout: 43_201 } } }, '43200s', 'InvalidTopology'],
    [
      { subscribers: { a: { visibilityTimeout: Number.NaN } } },
      'length of time',
      'InvalidTopology',
    ],
    [{ subscribers: { a: { maxReceiveCount: 0 } } }, 'from 1 to 1000', 'InvalidTopology'],
    [
      { subscribers: { a: { filterPolicy: { x: () => 1 } } } },
      'JSON has no form',
      'InvalidFilterPolicy',
    ],
    [{ subscribers: { a: { queue: 'a b' } } }, 'letters, digits', 'InvalidName'],
    [{ name: 'a b' }, 'letters, digits', 'InvalidName'],
    [{ topic: 't', topics: { t: {} } }, 'say the same', 'InvalidTopology'],
    [
      { topics: { a: {}, b: {} }, subscribers: { s: {} } },
      'which of the 2 topics',
      'InvalidTopology',
    ],
  ])('refuses %j', (given, words, code) => {
    const definition = { name: 'shop', subscribers: {}, ...given };
    expect(() => defineTopology(definition as never)).toThrow(words);
    expect(() => defineTopology(definition as never)).toThrow(expect.objectContaining({ code }));
  });

  it('has names of its own, so that two topologies never share a queue', () => {
    const names = ['shop', 'blog'].map(
      (name) => defineTopology({ name, subscribers: { mail: {} } }).subscribers[0]?.queue,
    );
    expect(names).toEqual(['shop-mail-queue', 'blog-mail-queue']);
  });
});
