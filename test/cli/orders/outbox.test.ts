import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { claimEvents, markDelivered, postpone } from '../../../src/lib/outbox/outbox.ts';
import { writeEvents } from '../../contract/orders/outbox.ts';
import { runMain } from '../../fixtures/main.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
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

type Env = typeof env & { DATABASE_URL?: string };

const outbox = (words: readonly string[], at: Env) => runMain(['outbox', ...words], at);
const json = async (words: readonly string[], at: Env) => {
  const { stdout, code } = await outbox([...words, '--json'], at);
  return { code, doc: JSON.parse(stdout) as Record<string, unknown> };
};

/** Four events of orders: one is delivered, two were refused once and wait ten minutes. @returns their event ids */
async function putEvents(database: Database): Promise<string[]> {
  const ids = await writeEvents(
    database,
    [1, 2, 3, 4].map((orderId) => ({ orderId })),
  );
  const { events, lease } = await claimEvents(database, 3, 30);
  await markDelivered(database, [events[0]?.id ?? '']);
  const reason = `Could not publish: ${'the topic refuses it and says so at length, '.repeat(4)}.`;
  const refused = events.slice(1).map(({ id }) => ({ id, delay: 600, reason }));
  await postpone(database, lease, refused);
  return ids;
}

describe('pubsub outbox', () => {
  it('says that there are no orders yet, and makes no database', async () => {
    const none = { code: 1, doc: { error: { code: 'NoOrders' } } };
    expect(await json(['status'], env)).toMatchObject(none);
    expect(await json(['status'], env)).toMatchObject(none);
  });

  // On a server where there is one: each opening of an embedded database takes half a second of CPU time.
  describe(`with events, on ${postgresMissing ? 'PGlite' : 'Postgres'}`, () => {
    let server: TestPostgres | undefined;
    let at: Env = env;
    let place = folder;
    let ids: string[] = [];
    beforeAll(async () => {
      if (postgresMissing) await putOrderDatabase(folder);
      else {
        server = await startPostgres();
        at = { ...env, DATABASE_URL: server.url };
      }
      const database = await openOrderDatabase({ url: server?.url, folder });
      place = database.place;
      ids = await putEvents(database);
      await database.close();
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('shows what waits, what fails and why, within 80 columns', async () => {
      const { stdout, stderr, code } = await outbox(['status'], at);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/3 waiting, the oldest for \d+ s · 2 failing · 1 delivered and kept/);
      expect(stdout).toMatch(
        /event 2 {2}order\.created of order 2 {2}refused once, again in \d+ min/,
      );
      expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
      expect(stderr).toContain('pubsub outbox retry');
    });

    it('lists so many with --max, as one JSON document', async () => {
      const { code, doc } = await json(['status', '--max', '1'], at);
      expect(code).toBe(0);
      expect(doc).toMatchObject({
        database: place,
        waiting: 3,
        failing: 2,
        delivered: 1,
        failures: [
          { id: '2', orderId: '2', eventId: ids[1], eventType: 'order.created', attempts: 1 },
        ],
      });
      expect((await outbox(['status', '--max', 'x'], at)).code).toBe(2);
    });

    it('makes chosen events due, and names ids that do not fail', async () => {
      expect(await json(['retry', '--id', '4'], at)).toMatchObject({
        code: 1,
        doc: { error: { code: 'EventNotFailing' } },
      });
      const chosen = await json(['retry', '--id', ids[2] ?? ''], at);
      expect(chosen).toMatchObject({ code: 0, doc: { retried: 1, events: [{ eventId: ids[2] }] } });
      const { doc } = await json(['status'], at);
      expect(doc).toMatchObject({ failures: [{}, { eventId: ids[2], retryInSeconds: 0 }] });
    });

    it('makes all failing events due', async () => {
      const { stdout, stderr, code } = await outbox(['retry'], at);
      expect(code).toBe(0);
      expect(stdout).toContain('2 events are due now.');
      expect(stderr).toContain('pubsub serve');
    });
  });

  describe('with events, in the embedded database', () => {
    let ids: string[] = [];

    it('says who has the database', async () => {
      await putOrderDatabase(folder);
      const database = await openOrderDatabase({ folder });
      ids = await putEvents(database);
      expect(await json(['status'], env)).toMatchObject({
        code: 1,
        doc: { error: { code: 'DatabaseInUse' } },
      });
      await database.close();
    });

    it('opens it where nobody has it', async () => {
      expect(await json(['status'], env)).toMatchObject({
        code: 0,
        doc: { database: folder, waiting: 3, failing: 2, delivered: 1 },
      });
    });

    it('asks the server that has it, with its token', { timeout: 90_000 }, async () => {
      const token = 'a-token-of-the-test';
      const nobody = 'http://127.0.0.1:1';
      const server = pubsub.start(['serve', '--port', '0', '--endpoint-url', nobody], {
        env: { ...env, PUBSUB_API_TOKEN: token },
      });
      await server.waitFor('Serving orders at');
      expect(await json(['status'], env)).toMatchObject({
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
  });
});
