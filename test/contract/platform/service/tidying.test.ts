import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../../../src/lib/database/database.ts';
import { openDatabase } from '../../../../src/lib/database/open-database.ts';
import { reclaimRoom } from '../../../../src/lib/database/reclaim-room.ts';
import { PAYMENT_MIGRATIONS } from '../../../../src/lib/platform/payments/migrations.ts';
import { payments } from '../../../../src/lib/platform/payments/payments.ts';
import { startService } from '../../../../src/lib/platform/service/start.ts';
import { putOrderDatabase } from '../../../fixtures/order-folder.ts';

/** `PUBSUB_PROOF_ROWS=20000` measures more. */
const ROWS = Number(process.env.PUBSUB_PROOF_ROWS ?? 6_000);
const PATIENCE = { timeout: 60_000, interval: 250 };

let stateDir = '';
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-tidying-'));
  closing.push(() => rmSync(stateDir, { recursive: true, force: true }));
  await putOrderDatabase(join(stateDir, 'payments'));
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const open = (): Promise<Database> =>
  openDatabase({ folder: join(stateDir, 'payments') }, { migrations: PAYMENT_MIGRATIONS });

/** Writes payments, gives each of them back, and removes them. */
async function comeAndGo(database: Database): Promise<void> {
  await database.query(
    `insert into payments (key, status, user_id, amount, method)
      select $1 || n, 'paid', 7, 1, 'card' from generate_series(1, $2::int) as n`,
    [randomUUID(), ROWS],
  );
  await database.query(`update payments set status = 'refunded', refunded_at = now()`);
  await database.query('delete from payments');
}

const sizeOf = async (database: Database): Promise<number> => {
  const { rows } = await database.query<{ size: string }>(
    `select pg_total_relation_size('payments') as size`,
  );
  return Number(rows[0]?.size);
};

it('keeps an embedded database small in which much comes and goes', async () => {
  const database = await open();
  const sizes: number[] = [];
  for (let round = 0; round < 4; round++) {
    await comeAndGo(database);
    // The counts of what changed come a moment later.
    await expect.poll(() => reclaimRoom(database), PATIENCE).toEqual(['payments']);
    sizes.push(await sizeOf(database));
  }
  if (process.env.PUBSUB_PROOF_ROWS)
    console.info(`${ROWS} rows a round: ${sizes.join(', ')} bytes`);
  expect(sizes.at(-1)).toBeLessThan((sizes[1] ?? 0) * 1.1);
  expect(await reclaimRoom(database)).toEqual([]);
  await database.close();
});

it('is done by a service while it runs', async () => {
  const before = await open();
  await comeAndGo(before);
  await before.close();
  const tidied: unknown[] = [];
  const ignore = (): void => {};
  const service = await startService(payments, {
    env: { PORT: '0', GRPC_PORT: '0' },
    ...{ version: '1.2.3', tracing: undefined, stateDir },
    log: {
      ...{ warn: ignore, error: ignore },
      info: (message, facts) => message === 'tables tidied' && tidied.push(facts),
    },
    topology: { name: 'none', topics: [], subscribers: [] } as never,
    openTransport: () => Promise.reject(new Error('Payments publishes nothing.')),
    signal: new AbortController().signal,
  });
  await expect.poll(() => tidied, PATIENCE).toEqual([{ tables: 'payments' }]);
  await service.stop();
});
