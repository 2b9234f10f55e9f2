import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFunction, invokeFunction } from '../../../src/lib/aws/functions.ts';
import { getItem } from '../../../src/lib/aws/items.ts';
import { createTable } from '../../../src/lib/aws/tables.ts';
import { shippedTopologies } from '../../../src/lib/config/shipped-topologies.ts';
import { packageCode } from '../../../src/lib/functions/package-code.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { notificationsPlace } from '../../fixtures/order-notifications.ts';

const endpoint = useEndpoint();
const hasPython = spawnSync('python3', ['--version']).status === 0;

const order = (orderId: string, fields: object = {}) => ({
  orderId,
  userId: 'U123',
  itemName: 'Laptop',
  quantity: 1,
  status: 'new',
  timestamp: '2025-05-03T12:00:00Z',
  ...fields,
});

function record(messageId: string, body: unknown) {
  return {
    messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '2' },
  };
}

/** Deploys the shipped handler in a language, with a table of its own. @returns what invokes it. */
async function deploy(runtime: string, code: string) {
  const { aws } = endpoint;
  const { topology } = await notificationsPlace(endpoint);
  const [table] = topology.tables;
  const [spec] = topology.functions;
  if (!table || !spec) throw new Error('the topology has neither');
  expect(topology.folder).toBe(join(shippedTopologies(), 'order-notifications'));
  await createTable(aws, { ...table, tags: {} });
  await createFunction(aws, spec.name, {
    settings: {
      runtime,
      handler: spec.handler,
      timeout: 20,
      memory: 128,
      environment: { TABLE: table.name },
      role: 'arn:aws:iam::000000000000:role/order-processor',
    },
    zip: packageCode(topology, { ...spec, runtime, code }).zip,
    tags: {},
  });
  const stored = async (orderId: string) =>
    getItem(aws, table.name, [{ attribute: table.itemKey.hash, value: orderId }]);
  const invoke = async (Records: readonly unknown[]) => {
    const { payload, functionError, logTail } = await invokeFunction(
      aws,
      spec.name,
      JSON.stringify({ Records }),
    );
    expect(functionError, payload + logTail).toBeUndefined();
    return { failures: JSON.parse(payload).batchItemFailures, logTail };
  };
  return { stored, invoke };
}

let bare: string;
beforeAll(() => {
  // As on a laptop that has Python and nothing else.
  bare = mkdtempSync(join(tmpdir(), 'pubsub-handler-'));
  cpSync(join(shippedTopologies(), 'order-notifications/lambda'), bare, { recursive: true });
  writeFileSync(join(bare, 'boto3.py'), 'raise ImportError\n');
});
afterAll(() => rmSync(bare, { recursive: true }));

const LANGUAGES: readonly (readonly [string, string, () => string])[] = [
  ['Node.js', 'nodejs24.x', () => 'lambda/'],
  ...(hasPython
    ? ([
        ['Python', 'python3.13', () => 'lambda/'],
        ['Python without boto3', 'python3.13', () => bare],
      ] as const)
    : []),
];

describe.skipIf(isIndependent).each(LANGUAGES)(
  'the order handler in %s',
  (_name, runtime, code) => {
    it('stores each order once, and names those that fail', async () => {
      const { invoke, stored } = await deploy(runtime, code());
      // As publishers of the library write it.
      const { timestamp: _, ...ofLibrary } = order('O1237');
      const enveloped = { Type: 'Notification', Message: JSON.stringify(order('O1234')) };
      const first = await invoke([
        record('m1', enveloped),
        record('m2', order('O1235', { quantity: 'many' })),
        record('m3', '{'),
        record('m4', order('O1236', { quantity: 3 })),
        record('m5', {
          event_type: 'order.placed',
          timestamp: '2025-05-03T13:00:00Z',
          data: ofLibrary,
        }),
      ]);
      expect(first.failures, first.logTail).toEqual([
        { itemIdentifier: 'm2' },
        { itemIdentifier: 'm3' },
      ]);
      expect(first.logTail).toContain('stored order O1234: 1 × Laptop');
      expect(first.logTail).toMatch(/message m2 failed, receive 2: .*whole quantity/);
      expect(await stored('O1234')).toMatchObject({ userId: 'U123', itemName: 'Laptop' });
      expect(await stored('O1235')).toBeUndefined();
      expect(String((await stored('O1236'))?.quantity)).toBe('3');
      expect(await stored('O1237')).toMatchObject({ timestamp: '2025-05-03T13:00:00Z' });

      const again = await invoke([record('m1', order('O1234', { itemName: 'Phone' }))]);
      expect(again.failures).toEqual([]);
      expect(again.logTail).toContain('order O1234 was stored before');
      expect(await stored('O1234')).toMatchObject({ itemName: 'Laptop' });
    });
  },
);
