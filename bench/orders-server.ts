import { createAws } from '../src/lib/aws/clients.ts';
import { resolveSettings } from '../src/lib/config/settings.ts';
import { startOrderServer } from '../src/lib/orders/http/server.ts';
import { openOrderDatabase } from '../src/lib/orders/open-order-database.ts';
import { createOrderPublisher } from '../src/lib/orders/order-publisher.ts';
import { startRelay } from '../src/lib/outbox/relay.ts';

/** What the server process is told on its command line, as JSON. */
export interface OrdersJob {
  /** A Postgres URL; without one, PGlite in `folder`. */
  readonly url: string | undefined;
  readonly folder: string;
  /** Whether orders are announced: with it, the route writes events and the relay publishes them. */
  readonly announce: boolean;
  readonly endpoint: string;
  readonly topicArn: string;
}

const job = JSON.parse(process.argv[2] ?? '{}') as OrdersJob;
const database = await openOrderDatabase({ url: job.url, folder: job.folder });
const at = { endpointUrl: job.endpoint, region: 'us-east-1' };
const aws = await createAws(await resolveSettings(at, {}, '/'));
const relay = job.announce
  ? startRelay({ database, publisher: createOrderPublisher({ aws, topicArn: job.topicArn }) })
  : undefined;
const server = await startOrderServer({
  database,
  host: '127.0.0.1',
  port: 0,
  loopback: true,
  rateLimit: 0,
  bodyLimit: 65_536,
  version: 'bench',
  log: () => {},
  onEvent: () => relay?.wake(),
  topic: async () => ({ ok: true }),
  announce: job.announce,
});
process.on('message', (message) => {
  if (message === 'lag') {
    void database
      .query<{ waiting: number; oldest: number }>(
        `select count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest
         from outbox where delivered_at is null`,
      )
      .then(({ rows: [row] }) => process.send?.({ lag: row }));
    return;
  }
  void server
    .stop()
    .then(() => relay?.stop())
    .then(() => database.close())
    .then(() => process.exit(0));
});
process.send?.({ url: server.url });
