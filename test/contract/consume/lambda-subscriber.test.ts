import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { putItemIf } from '../../../src/lib/aws/table-access.ts';
import { handleOnceInTable } from '../../../src/lib/consume/lambda/handled-in-table.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { allItems, makeOrdersTable } from '../../fixtures/orders-table.ts';

const endpoint = useEndpoint();
const table = uniquePrefix();
let folder = '';
beforeAll(async () => {
  await makeOrdersTable(endpoint, table);
  folder = mkdtempSync(join(tmpdir(), 'pubsub-subscriber-'));
  const text =
    'export default ({ n }, { signal }) => { if (n === 8) throw new Error("no stock"); return ["mail " + n, String(signal.aborted)]; };';
  writeFileSync(join(folder, 'mail.mjs'), text);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('what functions have handled', () => {
  it('is remembered for 14 days, also where DynamoDB still has it afterwards', async () => {
    const handled = { aws: endpoint.aws, table, subscriber: 'mail' };
    const at = { eventId: 'old', leaseMs: 60_000 };
    let times = 0;
    const handle = () =>
      handleOnceInTable(handled, at, async () => {
        times += 1;
      });
    const now = () => Math.floor(Date.now() / 1000);
    const before = now();
    expect([await handle(), await handle()]).toEqual([true, false]);
    const seconds = now();
    const [item] = await allItems(endpoint, table);
    const rememberedSince = Number(item?.expires) - 14 * 86_400;
    expect(rememberedSince).toBeGreaterThanOrEqual(before);
    expect(rememberedSince).toBeLessThanOrEqual(seconds);
    const anyway = { expression: 'attribute_exists(pk)' };
    await putItemIf(endpoint.aws, table, { ...item, expires: seconds - 1 }, anyway);
    expect(await handle()).toBe(true);
    expect(times).toBe(2);
  });
});

describe('a subscriber as a function', () => {
  it('logs what its handler returns once for each event, what was handled before, and what failed', async () => {
    for (const [name, value] of Object.entries({
      PUBSUB_SUBSCRIBER: 'mail',
      PUBSUB_HANDLER: 'mail.mjs',
      LAMBDA_TASK_ROOT: folder,
      TABLE_NAME: table,
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    })) {
      vi.stubEnv(name, value);
    }
    const { handler } = await import('../../../src/lib/consume/lambda/subscriber.ts');
    const record = (messageId: string) => ({
      messageId,
      receiptHandle: messageId,
      body: '{"event_id":"e-1","event_type":"order.created","n":7}',
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:mail',
    });
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const context = { getRemainingTimeInMillis: () => 60_000 };
    for (const id of ['m-1', 'm-2']) {
      expect(await handler({ Records: [record(id)] }, context)).toEqual({ batchItemFailures: [] });
    }
    expect(log.mock.calls.flat()).toEqual(['mail 7', 'false', 'event e-1 was handled before']);
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const body = '{"event_id":"e-2","event_type":"order.created","n":8}';
    const Records = [{ ...record('m-3'), body }, record('m-4')];
    expect(await handler({ Records }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-3' }],
    });
    expect(error.mock.calls.flat()).toEqual(['message m-3 failed, receive 1: no stock']);
  });
});
