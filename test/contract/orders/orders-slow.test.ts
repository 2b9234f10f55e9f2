import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { migrate } from '../../../src/lib/database/migrate.ts';
import { openPostgres } from '../../../src/lib/database/postgres/postgres.ts';
import { postgresMissing, startPostgres } from '../../fixtures/postgres.ts';
import { ownDatabase } from './orders-database.ts';
import { useServer } from './orders-server.ts';

let opened: Database | undefined;
beforeAll(async () => {
  opened = await ownDatabase();
}, 120_000);
afterAll(() => opened?.close());
const database = (): Database => {
  if (opened === undefined) throw new Error('The database is there from beforeAll on.');
  return opened;
};

/** Sends a request bit by bit, and never all of it. @returns the answer, and the seconds after which it came. */
async function drip(url: string, head: string, bit: string): Promise<[string, number]> {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  let text = '';
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const began = performance.now();
  socket.write(head);
  const dripping = setInterval(() => socket.write(bit), 200);
  await once(socket, 'close');
  clearInterval(dripping);
  return [text, (performance.now() - began) / 1000];
}

describe('what takes too long', { concurrent: true, timeout: 90_000 }, () => {
  const server = useServer({ database });
  let goOn = (): void => {};
  const silent = (): Database => ({
    ...database(),
    query: async (text, params) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return database().query(text, params);
    },
  });
  const stuck = useServer({ database: silent });

  it.each([
    ['headers', 'GET /orders HTTP/1.1\r\nHost: localhost\r\n', 'X-Drip: 1\r\n'],
    [
      'a body',
      'POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n',
      ' ',
    ],
    ['a first word', '', ''],
  ])('%s: cut off after 15 s', async (_, head, bit) => {
    const [answer, seconds] = await drip(server.url, head, bit);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"RequestTimeout"');
    expect(seconds).toBeGreaterThan(14);
    expect((await server.send('GET', '/health')).status).toBe(200);
  });

  it('a database: 503 after 25 s', async () => {
    const began = performance.now();
    const { status, body, headers } = await stuck.send('GET', '/orders/1');
    const seconds = (performance.now() - began) / 1000;
    expect([status, body.error.code, headers.get('retry-after')]).toEqual([
      ...[503, 'AnswerTimeout', '1'],
    ]);
    expect(seconds).toBeGreaterThan(24);
    // What comes of it later is nobody's, and harms nothing.
    goOn();
    expect((await stuck.send('GET', '/health')).status).toBe(200);
  });
});

const slowly = 'a migration takes its time, and that of who holds a table: 13 s each';
it.skipIf(postgresMissing)(
  postgresMissing ? `${slowly} (skipped: ${postgresMissing})` : slowly,
  { timeout: 120_000 },
  async () => {
    const server = await startPostgres();
    const [one, other] = [openPostgres(server.url), openPostgres(server.url)];
    const first = { version: 1, name: 'first', statements: ['create table things (id int)'] };
    await migrate(one, [first]);
    const told: string[] = [];
    const onWait = (holder: string) => told.push(holder);
    let migrating: Promise<void> | undefined;
    await other.transaction(async (tx) => {
      await tx.query('select * from things');
      const statements = ['alter table things add column name text', 'select pg_sleep(13)'];
      migrating = migrate(one, [first, { version: 2, name: 'second', statements }], { onWait });
      await sleep(13_000);
    });
    await migrating;
    expect(told).toEqual([expect.stringMatching(/^session \d+ /)]);
    expect((await one.query('select name from things')).rows).toEqual([]);
    await Promise.all([one.close(), other.close()]);
    await server.stop();
  },
);
