import { afterAll, expect, it, vi } from 'vitest';
import { ownPostgresMissing } from '../../fixtures/postgres.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { rabbitMqMissing } from '../../fixtures/rabbitmq.ts';
import { createBuyer } from './buyer.ts';
import {
  startEngineBroker,
  startKilledShop,
  startRabbitMqBroker,
  type TestBroker,
} from './killed-shop.ts';
import { ask, stock, sums } from './ledgers.ts';
import { byOrder, type Mail, startMailbox } from './mailbox.ts';

const AT_ONCE = 12;
/** One order of so many is cancelled when it is there. */
const CANCELLED_EACH = 9;
const UNITS = 4_000;
const PATIENCE = { timeout: 400_000, interval: 500 };

const pubsub = usePubsub();
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

interface Transport {
  readonly name: string;
  readonly start: () => Promise<TestBroker>;
  readonly missing: string | undefined;
  /** `PUBSUB_PROOF_ORDERS=1000` makes it the long one. */
  readonly usual: number;
}

const TRANSPORTS: readonly Transport[] = [
  { name: 'SNS and SQS', start: startEngineBroker, missing: undefined, usual: 120 },
  { name: 'RabbitMQ', start: startRabbitMqBroker, missing: rabbitMqMissing, usual: 60 },
];

for (const { name, start, missing: brokerMissing, usual } of TRANSPORTS) {
  const orders = Number(process.env.PUBSUB_PROOF_ORDERS ?? usual);
  const missing = ownPostgresMissing ?? brokerMissing;
  const title = `agrees on stock, payments, orders and mails after ${orders} orders on ${name}, whatever was killed meanwhile`;
  it.skipIf(missing)(
    missing ? `${title} (skipped: ${missing})` : title,
    { timeout: 900_000 + orders * 3_000 },
    () => prove(name, orders, start),
  );
}

async function prove(name: string, orders: number, startBroker: Transport['start']): Promise<void> {
  const mailbox = await startMailbox();
  closing.push(() => mailbox.stop());
  const broker = await startBroker();
  closing.push(() => broker.stop());
  const shop = await startKilledShop(pubsub, broker, mailbox.url);
  closing.push(() => shop.stop());
  const ids = await stock(shop.databaseOf('products'), UNITS);

  const over = new AbortController();
  const killing = shop.killUntil(over.signal);
  const began = performance.now();
  const buyer = createBuyer({ auth: shop.urlOf('auth'), orders: shop.urlOf('orders') });
  const answers = new Map<number, number>();
  const made = new Set<number>();
  const cancelled: number[] = [];
  const left = Array.from({ length: orders }, (_, n) => n);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let n = left.pop(); n !== undefined; n = left.pop()) {
        const { status, id } = await buyer.place(n, ids);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (id === undefined) continue;
        made.add(id);
        if (n % CANCELLED_EACH !== 0) continue;
        await buyer.cancel(id);
        cancelled.push(id);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  over.abort();
  const kills = await killing;

  await vi.waitFor(async () => {
    const [row] = await ask(
      shop.databaseOf('orders'),
      `select (select count(*)::int from sagas where state in ('running', 'compensating')) as sagas,
           (select count(*)::int from outbox where delivered_at is null) as events`,
    );
    expect(row).toEqual({ sagas: 0, events: 0 });
  }, PATIENCE);

  const found = await sums(shop.databaseOf, UNITS);
  // Nobody is refused for what failed on the way.
  expect([...answers.keys()].sort()).toEqual([201, 402]);
  expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBe(orders);
  expect(answers.get(201)).toBe(made.size);
  expect(new Set(found.made)).toEqual(made);
  expect(new Set(found.cancelled)).toEqual(new Set(cancelled));
  expect(found.sagas).toEqual({ compensation_failed: 0, total: orders });
  expect(found.paid).toEqual(found.orders);
  expect(found.paidOrders).toEqual(found.standing);
  expect(found.refunded.count).toBe(cancelled.length);
  expect(found.sold).toEqual(found.ordered);
  expect(found.reserved).toBe(0);

  const { env, flags } = broker;
  await vi.waitFor(async () => {
    const { doc } = await pubsub.json(['status', '--topology', 'platform', ...flags], { env });
    const { subscribers } = doc as { subscribers: Record<string, unknown>[] };
    for (const each of subscribers) {
      expect(each).toMatchObject({ depth: 0, inFlight: 0, dlqDepth: 0 });
    }
    const [notices] = await ask(
      shop.databaseOf('notifications'),
      `select count(*)::int as unsent from notices where state <> 'sent'`,
    );
    expect(notices).toEqual({ unsent: 0 });
  }, PATIENCE);
  const thanks = byOrder(mailbox.mails, /^Order (\d+): thank you$/);
  const regrets = byOrder(mailbox.mails, /^Order (\d+) is cancelled$/);
  expect(new Set(thanks.keys())).toEqual(made);
  expect(new Set(regrets.keys())).toEqual(new Set(cancelled));
  // Who gets one twice can tell: it has the same Message-ID.
  const all = [...thanks.values(), ...regrets.values()];
  expect(all.filter((mails) => new Set(mails.map(idOf)).size > 1)).toEqual([]);
  const mails = all.flat().length;
  console.info(
    `${orders} orders on ${name} in ${seconds.toFixed(0)} s; killed ${JSON.stringify(kills)}; answers ${JSON.stringify(Object.fromEntries(answers))}; ${found.orders?.count} orders of ${found.orders?.amount} = ${found.paid.count} payments of ${found.paid.amount}; ${cancelled.length} cancelled = ${found.refunded.count} refunds; ${JSON.stringify(found.sold)} sold; ${mails} mails of ${all.length} events, ${mails - all.length} sent twice; ${buyer.retries()} requests made again`,
  );
}

function idOf({ messageId }: Mail): string {
  return messageId;
}
