import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { identify } from '../../../src/lib/aws/identity.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import type { Database } from '../../../src/lib/database/database.ts';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import type { OrderEvent } from '../../../src/lib/orders/order-event.ts';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';
import {
  freePort,
  postgresMissing,
  startPostgres,
  type TestPostgres,
} from '../../fixtures/postgres.ts';
import { type RunningProcess, usePubsub } from '../../fixtures/pubsub.ts';
import { fanOutAt, urlOf } from '../../fixtures/topology.ts';
import { loadOrders } from './orders-under-load.ts';

/** `PUBSUB_PROOF_KILLS=20` makes it the long one. */
const KILLS = Number(process.env.PUBSUB_PROOF_KILLS ?? 3);
const PATIENCE = { timeout: 120_000, interval: 100 };

const kinds: readonly Database['kind'][] = postgresMissing ? ['pglite'] : ['pglite', 'postgres'];
if (postgresMissing)
  console.warn(`serve-kill.test.ts: without Postgres, for there is ${postgresMissing}`);

const pubsub = usePubsub();
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe.each(kinds)('pubsub serve on %s', (kind) => {
  it(`loses no event of an order it answered for, though it is killed ${KILLS} times`, {
    timeout: 240_000 + KILLS * 30_000,
  }, async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-serve-kill-'));
    closing.push(() => rmSync(stateDir, { recursive: true, force: true }));
    let engine = await startInBackground({ stateDir, port: 0 });
    const { port: enginePort } = new URL(engine.endpoint);
    closing.push(() => stopBackground(stateDir));
    const place = await placeAt(engine.endpoint, kind);
    const postgres: TestPostgres | undefined =
      kind === 'postgres' ? await startPostgres() : undefined;
    if (postgres) closing.push(() => postgres.stop());

    const port = await freePort();
    const serve = async (): Promise<RunningProcess> => {
      const run = pubsub.spawn(
        [
          ...['serve', '--port', String(port), '--rate-limit', '0', '--quiet', '--json'],
          ...['--endpoint-url', engine.endpoint, '--prefix', kind],
        ],
        { env: { DATABASE_URL: postgres?.url } },
      );
      await run.waitFor('"url"');
      return run;
    };
    let server = await serve();
    const load = loadOrders(`http://127.0.0.1:${port}`);
    const startEngine = async (): Promise<void> => {
      engine = await startInBackground({ stateDir, port: Number(enginePort) });
    };

    for (let kill = 0; kill < KILLS; kill++) {
      const before = load.created.size;
      await vi.waitFor(() => expect(load.created.size).toBeGreaterThan(before + 10), PATIENCE);
      await sleep(Math.random() * 800);
      // Every second time the engine goes first: once as asked, once at once. Orders are taken all the same.
      const engineAway = kill % 2 === 0;
      if (engineAway) {
        if (kill % 4 === 0) await stopBackground(stateDir);
        else process.kill(engine.pid, 'SIGKILL');
        await sleep(Math.random() * 800);
      }
      server.child.kill('SIGKILL');
      await server.finished;
      server = await serve();
      await sleep(Math.random() * 500);
      if (engineAway) await startEngine();
    }
    await load.end();
    expect(load.wrong).toEqual([]);

    // What the killed ones had claimed is due when their leases are over.
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(/^pubsub_outbox_waiting (\d+)/m.exec(metrics)?.[1]).toBe('0');
    }, PATIENCE);
    server.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);

    const stored = await storedOrders(postgres?.url);
    expect([...load.created].filter((id) => !stored.has(id))).toEqual([]);
    const confirmed = [...load.confirmed].filter((id) => stored.get(id) !== 'confirmed');
    expect(confirmed).toEqual([]);
    const counts = { twice: 0, orders: stored.size, answered: load.created.size };
    for (const { queue } of place.topology.subscribers) {
      const events = await drain(place, queue);
      const distinct = new Map(events.map((event) => [event.event_id, event]));
      counts.twice += events.length - distinct.size;
      const of = (type: string): Set<number> =>
        new Set(
          [...distinct.values()]
            .filter(({ event_type }) => event_type === type)
            .map(({ order_id }) => order_id),
        );
      // Also of those orders that were stored though their answer got lost; and of no others.
      expect(of('order.created')).toEqual(new Set(stored.keys()));
      const changed = [...stored].filter(([, status]) => status !== 'pending');
      expect(of('order.updated')).toEqual(new Set(changed.map(([id]) => id)));
    }
    console.info(
      `${kind}: killed ${KILLS} times; ${counts.answered} orders answered for, ${counts.orders} stored, ${load.confirmed.size} confirmed, ${load.unanswered} requests without an answer; of each, its events at all 3 subscribers, ${counts.twice} deliveries more than once`,
    );
  });
});

async function placeAt(endpointUrl: string, prefix: string): Promise<Place> {
  const aws = await createAws(await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/'));
  closing.push(() => aws.close());
  const place = { aws, identity: await identify(aws), topology: ordersTopology(prefix) };
  await fanOutAt(place);
  return place;
}

/** Status by id. */
async function storedOrders(url: string | undefined): Promise<Map<number, string>> {
  const folder = join(pubsub.env.XDG_STATE_HOME ?? '', 'pubsub/orders');
  const database = await openOrderDatabase({ url, folder });
  try {
    const { rows } = await database.query<{ id: string; status: string }>(
      'select id, status from orders',
    );
    return new Map(rows.map(({ id, status }) => [Number(id), status]));
  } finally {
    await database.close();
  }
}

/** Takes everything out of a queue. */
async function drain({ aws, ...place }: Place, queue: string): Promise<OrderEvent[]> {
  const QueueUrl = await urlOf({ aws, ...place }, queue);
  const events: OrderEvent[] = [];
  for (;;) {
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return events;
    for (const { Body = '' } of Messages) {
      const body = parseSnsBody(Body);
      if (body.kind !== 'envelope') throw new Error(`not from the topic: ${Body}`);
      events.push(JSON.parse(body.message) as OrderEvent);
    }
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
