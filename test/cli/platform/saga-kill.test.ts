import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { afterAll, expect, it, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';
import { freePorts } from '../../../src/lib/platform/run/free-ports.ts';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import { onServer, postgresMissing, startPostgres } from '../../fixtures/postgres.ts';
import { type RunningProcess, usePubsub } from '../../fixtures/pubsub.ts';

/** `PUBSUB_PROOF_ORDERS=1000` makes it the long one. */
const ORDERS = Number(process.env.PUBSUB_PROOF_ORDERS ?? 120);
const AT_ONCE = 12;
const STOCK = 2_000;
const PATIENCE = { timeout: 240_000, interval: 300 };
const METHODS = ['card', 'card', 'card', 'card-flaky', 'card-declined'];

const pubsub = usePubsub();
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

type Name = 'auth' | 'orders' | 'products' | 'payments';

/** How requests ended, by status. */
type Answers = Map<number, number>;

it.skipIf(postgresMissing !== undefined)(
  `agrees on stock, payments, orders and events after ${ORDERS} orders, whatever was killed meanwhile`,
  { timeout: 300_000 + ORDERS * 3_000 },
  async () => {
    const postgres = await startPostgres({});
    closing.push(() => postgres.stop());
    const urlOf = (name: string): string => {
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    };
    for (const name of ['auth', 'orders', 'products', 'payments']) {
      await onServer(postgres.url, `create database ${name}`);
    }
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-saga-kill-'));
    closing.push(() => rmSync(stateDir, { recursive: true, force: true }));
    let engine = await startInBackground({ stateDir, port: 0 });
    closing.push(() => stopBackground(stateDir));
    const endpoint = engine.endpoint;
    const setup = await pubsub.run([
      ...['setup', '--topology', 'platform', '--endpoint-url', endpoint, '--yes'],
    ]);
    expect(setup.code).toBe(0);

    const [auth = 0, orders = 0, products = 0, productsGrpc = 0, payments = 0, paymentsGrpc = 0] =
      await freePorts(6);
    const at = (port: number): string => `http://127.0.0.1:${port}`;
    const secret = randomBytes(16).toString('hex');
    const ports: Record<Name, readonly [number, number]> = {
      auth: [auth, 0],
      orders: [orders, 0],
      products: [products, productsGrpc],
      payments: [payments, paymentsGrpc],
    };
    const start = async (name: Name): Promise<RunningProcess> => {
      const [port, grpcPort] = ports[name];
      const run = pubsub.spawn(
        ['platform', 'service', name, '--endpoint-url', endpoint, '--json'],
        {
          env: {
            ...{ PORT: String(port), GRPC_PORT: String(grpcPort), DATABASE_URL: urlOf(name) },
            ...{ AUTH_URL: at(auth), SERVICE_SECRET: secret },
            ...{ PRODUCTS_GRPC_URL: at(productsGrpc), PAYMENTS_GRPC_URL: at(paymentsGrpc) },
            SERVICE_SECRETS: ['orders', 'products', 'payments']
              .map((n) => `${n}=${secret}`)
              .join(','),
          },
        },
      );
      await run.waitFor('"url"');
      return run;
    };
    await start('auth');
    const running = new Map<Name, RunningProcess>();
    for (const name of ['products', 'payments', 'orders'] as const) {
      running.set(name, await start(name));
    }
    const ids = await stock(urlOf('products'));

    const over = new AbortController();
    const kills = new Map<string, number>();
    const killing = (async () => {
      const victims = ['orders', 'products', 'payments', 'engine', 'database'] as const;
      while (!over.signal.aborted) {
        await sleep(500 + Math.random() * 2_500);
        const victim = victims[Math.floor(Math.random() * victims.length)] ?? 'orders';
        kills.set(victim, (kills.get(victim) ?? 0) + 1);
        const pause = () => sleep(Math.random() * 1_500);
        if (victim === 'database') await postgres.outage?.(pause);
        else if (victim === 'engine') {
          process.kill(engine.pid, 'SIGKILL');
          await pause();
          engine = await startInBackground({ stateDir, port: Number(new URL(endpoint).port) });
        } else {
          const run = running.get(victim);
          run?.child.kill('SIGKILL');
          await run?.finished;
          await pause();
          running.set(victim, await startAgain(() => start(victim)));
        }
      }
    })();

    const began = performance.now();
    const session = createSession(at(auth));
    const answers: Answers = new Map();
    const made = new Set<number>();
    const left = Array.from({ length: ORDERS }, (_, n) => n);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let n = left.pop(); n !== undefined; n = left.pop()) {
          const { status, id } = await place(at(orders), session, n, ids);
          answers.set(status, (answers.get(status) ?? 0) + 1);
          if (id !== undefined) made.add(id);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    over.abort();
    await killing;

    await vi.waitFor(async () => {
      const [row] = await ask(
        urlOf('orders'),
        `select (select count(*)::int from sagas where state in ('running', 'compensating')) as sagas,
           (select count(*)::int from outbox where delivered_at is null) as events`,
      );
      expect(row).toEqual({ sagas: 0, events: 0 });
    }, PATIENCE);

    const found = await sums(urlOf);
    expect(found.orders.count).toBe(made.size);
    // Nobody is refused for what failed on the way.
    expect([...answers.keys()].sort()).toEqual([201, 402]);
    expect(answers.get(201)).toBe(made.size);
    expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBe(ORDERS);
    expect(found.sagas).toEqual({ compensation_failed: 0, total: ORDERS });
    expect(found.paid).toEqual({ count: found.orders.count, amount: found.orders.amount });
    expect(found.sold).toEqual(found.ordered);
    expect(found.reserved).toBe(0);

    const { events, told } = await drain(endpoint);
    const created = events.filter(({ event_type }) => event_type === 'order.created');
    expect(new Set(created.map(({ order_id }) => order_id))).toEqual(new Set(found.everMade));
    console.info(
      `${ORDERS} orders in ${seconds.toFixed(0)} s; killed ${JSON.stringify(Object.fromEntries(kills))}; answers ${JSON.stringify(Object.fromEntries(answers))}; ${found.orders.count} orders of ${found.orders.amount} = ${found.paid.count} payments of ${found.paid.amount}; ${JSON.stringify(found.sold)} sold; ${created.length} of ${told} deliveries distinct; ${session.retries()} requests made again`,
    );
  },
);

/** A database that is away at that moment keeps a service from starting, as it should. */
async function startAgain(start: () => Promise<RunningProcess>): Promise<RunningProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(500);
    }
  }
}

/** Five products. @returns their ids. */
async function stock(url: string): Promise<number[]> {
  const rows = await ask<{ id: string }>(
    url,
    `insert into products (name, description, search_text, price, on_hand, available)
      select 'Proof ' || n, '', 'proof', n + 0.05, ${STOCK}, ${STOCK} from generate_series(1, 5) as n returning id`,
  );
  return rows.map(({ id }) => Number(id));
}

/** A user of the shop, who logs in again before the token ends. */
function createSession(url: string) {
  const who = { email: 'proof@example.com', password: 'a long enough password', name: 'Proof' };
  let token: Promise<string> | undefined;
  let retries = 0;
  const post = (path: string) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        path === '/auth/login' ? { email: who.email, password: who.password } : who,
      ),
    });
  const logIn = async (): Promise<string> => {
    for (;;) {
      await post('/auth/register').catch(() => {});
      const answer = await post('/auth/login').catch(() => undefined);
      if (answer?.ok) return ((await answer.json()) as { access_token: string }).access_token;
      await sleep(300);
    }
  };
  return {
    token: () => {
      token ??= logIn();
      return token;
    },
    renew: () => {
      token = undefined;
    },
    again: () => {
      retries++;
    },
    retries: () => retries,
  };
}

/** Places an order, again and again with one key, until it is settled. */
async function place(
  url: string,
  session: ReturnType<typeof createSession>,
  n: number,
  products: readonly number[],
): Promise<{ status: number; id: number | undefined }> {
  const first = n % products.length;
  const items = products.slice(first, first + 1 + (n % 3)).map((product_id, index) => ({
    ...{ product_id, quantity: 1 + ((n + index) % 3) },
  }));
  const body = JSON.stringify({ items, payment_method: METHODS[n % METHODS.length] });
  for (;;) {
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      body,
      headers: {
        ...{ 'content-type': 'application/json', 'idempotency-key': `proof-${n}` },
        authorization: `Bearer ${await session.token()}`,
      },
    }).catch(() => undefined);
    const { id } = ((await answer?.json().catch(() => {})) ?? {}) as {
      id?: number;
    };
    if (answer?.status === 201) return { status: 201, id };
    const status = answer?.status ?? 0;
    // Everything but a token that has ended, and what passes by itself.
    if (status === 402 || status === 409 || status === 422) return { status, id: undefined };
    if (answer?.status === 401) session.renew();
    session.again();
    await sleep(200);
  }
}

/** What stands in the three databases. */
async function sums(urlOf: (name: string) => string) {
  const [orders] = await ask<{ count: number; amount: string }>(
    urlOf('orders'),
    `select count(*)::int as count, coalesce(sum(total), 0)::text as amount from orders where status <> 'cancelled'`,
  );
  const ordered = await ask<{ id: string; units: number }>(
    urlOf('orders'),
    `select i.product_id as id, sum(i.quantity)::int as units from order_items i
      join orders o on o.id = i.order_id where o.status <> 'cancelled' group by 1 order by 1`,
  );
  const everMade = await ask<{ id: number }>(urlOf('orders'), 'select id::int from orders');
  const [sagas] = await ask<{ compensation_failed: number; total: number }>(
    urlOf('orders'),
    `select count(*) filter (where state = 'compensation_failed')::int as compensation_failed,
       count(*)::int as total from sagas`,
  );
  const [paid] = await ask<{ count: number; amount: string }>(
    urlOf('payments'),
    `select count(*)::int as count, coalesce(sum(amount), 0)::text as amount from payments where status = 'paid'`,
  );
  const sold = await ask<{ id: string; units: number }>(
    urlOf('products'),
    `select id, ${STOCK} - on_hand as units from products where name like 'Proof %' order by id`,
  );
  const [reserved] = await ask<{ units: number }>(
    urlOf('products'),
    'select sum(reserved)::int as units from products',
  );
  if (orders === undefined || paid === undefined) throw new Error('A count has a row.');
  return {
    ...{ orders, ordered, paid, sold, sagas },
    reserved: reserved?.units,
    everMade: everMade.map(({ id }) => id),
  };
}

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Takes every event of the notifications. */
async function drain(endpointUrl: string) {
  const aws = await createAws(await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/'));
  closing.push(() => aws.close());
  const QueueUrl = `${endpointUrl}/000000000000/platform-notifications-queue`;
  const events = new Map<string, { event_type: string; order_id: number }>();
  let told = 0;
  for (;;) {
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return { events: [...events.values()], told };
    for (const { Body = '' } of Messages) {
      const body = parseSnsBody(Body);
      const event = JSON.parse(body.kind === 'envelope' ? body.message : Body);
      if (event.order_id !== undefined) told++;
      events.set(event.event_id, event);
    }
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
