import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/lib/orders/database.ts';
import { openDatabase } from '../../../src/lib/orders/open-database.ts';
import { claimEvents, markDelivered, postpone } from '../../../src/lib/orders/outbox.ts';
import { writeEvents } from '../../contract/orders/outbox.ts';
import { runMain } from '../../fixtures/main.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
const home = mkdtempSync(join(tmpdir(), 'pubsub-outbox-'));
const env = {
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
};
const folder = join(home, 'state/pubsub/orders');
afterAll(() => rmSync(home, { recursive: true, force: true }));

const outbox = (...words: string[]) => runMain(['outbox', ...words], env);
const json = async (...words: string[]) => {
  const { stdout, code } = await outbox(...words, '--json');
  return { code, doc: JSON.parse(stdout) as Record<string, unknown> };
};

async function withDatabase(body: (database: Database) => Promise<void>): Promise<void> {
  const database = await openDatabase({ folder });
  try {
    await body(database);
  } finally {
    await database.close();
  }
}

describe('pubsub outbox', () => {
  it('says that there are no orders yet, and makes no database', async () => {
    expect(await json('status')).toMatchObject({ code: 1, doc: { error: { code: 'NoOrders' } } });
    expect(await json('status')).toMatchObject({ doc: { error: { code: 'NoOrders' } } });
  });

  describe('with events', () => {
    let ids: string[] = [];
    beforeAll(async () => {
      await putOrderDatabase(folder);
      await withDatabase(async (database) => {
        ids = await writeEvents(
          database,
          [1, 2, 3, 4].map((orderId) => ({ orderId })),
        );
        const { events, lease } = await claimEvents(database, 3, 30);
        await markDelivered(database, [events[0]?.id ?? '']);
        const reason = `Could not publish: ${'the topic refuses it and says so at length, '.repeat(4)}.`;
        const refused = events.slice(1).map(({ id }) => ({ id, delay: 600, reason }));
        await postpone(database, lease, refused);
      });
    });

    it('shows what waits, what fails and why, within 80 columns', async () => {
      const { stdout, stderr, code } = await outbox('status');
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/3 waiting, the oldest for \d+ s · 2 failing · 1 delivered and kept/);
      expect(stdout).toMatch(
        /event 2 {2}order\.created of order 2 {2}refused once, again in \d+ min/,
      );
      expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
      expect(stderr).toContain('pubsub outbox retry');
    });

    it('lists so many with --max, as one JSON document', async () => {
      const { code, doc } = await json('status', '--max', '1');
      expect(code).toBe(0);
      expect(doc).toMatchObject({
        database: folder,
        waiting: 3,
        failing: 2,
        delivered: 1,
        failures: [
          { id: '2', orderId: '2', eventId: ids[1], eventType: 'order.created', attempts: 1 },
        ],
      });
      expect((await outbox('status', '--max', 'x')).code).toBe(2);
    });

    it('makes chosen events due, and names ids that do not fail', async () => {
      expect(await json('retry', '--id', '4')).toMatchObject({
        code: 1,
        doc: { error: { code: 'EventNotFailing' } },
      });
      const chosen = await json('retry', '--id', ids[2] ?? '');
      expect(chosen).toMatchObject({ code: 0, doc: { retried: 1, events: [{ eventId: ids[2] }] } });
      const { doc } = await json('status');
      expect(doc).toMatchObject({ failures: [{}, { eventId: ids[2], retryInSeconds: 0 }] });
    });

    it('makes all failing events due', async () => {
      const { stdout, stderr, code } = await outbox('retry');
      expect(code).toBe(0);
      expect(stdout).toContain('2 events are due now.');
      expect(stderr).toContain('pubsub serve');
    });

    it('asks the server that has the database, with its token', { timeout: 90_000 }, async () => {
      await withDatabase(async (database) => {
        await database.query(
          `update outbox set next_attempt_at = now() + interval '1 hour' where last_error is not null`,
        );
      });
      const token = 'a-token-of-the-test';
      const nobody = 'http://127.0.0.1:1';
      const server = pubsub.start(['serve', '--port', '0', '--endpoint-url', nobody], {
        env: { ...env, PUBSUB_API_TOKEN: token },
      });
      await server.waitFor('Serving orders at');
      expect(await json('status')).toMatchObject({
        code: 4,
        doc: { error: { code: 'TokenNeeded' } },
      });
      const served = { ...env, PUBSUB_API_TOKEN: token };
      const status = await runMain(['outbox', 'status', '--json'], served);
      expect(JSON.parse(status.stdout)).toMatchObject({
        database: folder,
        waiting: 3,
        delivered: 1,
      });
      const retried = await runMain(['outbox', 'retry', '--id', ids[2] ?? ''], served);
      expect([retried.code, retried.stdout]).toEqual([0, '1 event is due now.\n']);
      expect(retried.stderr).not.toContain('pubsub serve');
      server.kill('SIGTERM');
      expect((await server.finished).code).toBe(0);
    });

    it('says who has the database', () =>
      withDatabase(async () => {
        const { code, doc } = await json('status');
        expect(code).toBe(1);
        expect(doc).toMatchObject({ error: { code: 'DatabaseInUse' } });
      }));
  });
});
