import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { redisMissing, startRedis, type TestRedis } from '../../fixtures/redis.ts';
import {
  expectScraped,
  prometheusMissing,
  startPrometheus,
  type TestPrometheus,
} from './scraped.ts';
import { order } from './shopping.ts';

const SERVICES = ['auth', 'users', 'products', 'orders', 'payments', 'notifications', 'gateway'];

interface Status {
  up: boolean;
  url: string;
  services: { name: string; state: string; pid: number; url: string }[];
}

const pubsub = usePubsub({ processes: true });
const platform = (...args: string[]) => pubsub.json(['platform', ...args]);
afterAll(async () => {
  await pubsub.run(['platform', 'down']);
});
const status = async (): Promise<Status> => (await platform('status')).doc;
const pidOf = ({ services }: Status, name: string): number =>
  services.find((service) => service.name === name)?.pid ?? 0;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}

async function gone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
}

/** `pubsub platform sagas`. */
async function sagas(...args: string[]) {
  const { code, doc } = await platform('sagas', ...args);
  return { code, doc: doc as { sagas: { id: string }[]; error: { code: string } } };
}

/** Looks at the saga of the one order that there is. */
async function lookAtSagas(): Promise<void> {
  const completed = ['--state', 'completed', '--max', '1'];
  const list = async () => (await sagas('ls', ...completed)).doc.sagas;
  await expect.poll(async () => (await list()).length, { interval: 500 }).toBe(1);
  const [saga = { id: '' }] = await list();
  expect(saga).toMatchObject({ items: [{ product_id: 1, quantity: 1 }], payment_method: 'card' });
  expect(await sagas('show', saga.id)).toMatchObject({ code: 0, doc: saga });
  expect((await pubsub.run(['platform', 'sagas', 'show', saga.id])).stdout).toContain(
    'commit done',
  );
  const failed = await sagas('ls', '--state', 'compensation_failed');
  expect(failed.doc).toEqual({ sagas: [] });
  for (const [args, code, exit] of [
    [['retry', saga.id], 'SagaEnded', 1],
    [['show', 'nothing'], 'SagaNotFound', 1],
    [['retry', '../orders/1'], 'SagaNotFound', 1],
    [['ls', '--max', '0'], 'InvalidInput', 2],
    [['ls', '--max', '101'], 'InvalidInput', 2],
  ] as const) {
    const { code: ended, doc } = await sagas(...args);
    expect([ended, doc.error.code], args.join(' ')).toEqual([exit, code]);
  }
}

/** Lets Prometheus scrape a platform by the files that are printed for it. */
async function scrape({ services }: Status): Promise<TestPrometheus> {
  const printed = async (form: string) => (await pubsub.run(['platform', 'print', form])).stdout;
  const [config, rules] = [await printed('prometheus'), await printed('prometheus-rules')];
  const addresses = services.map(({ name, url }) => [name, url.replace('http://', '')]);
  return startPrometheus({ config, rules }, Object.fromEntries(addresses));
}

describe('pubsub platform up', () => {
  it.skipIf(!prometheusMissing)('is scraped by Prometheus', ({ skip }) => {
    skip(prometheusMissing ?? '');
  });

  it('starts every service, starts again what was killed, and ends all of them', async () => {
    expect((await platform('status')).doc).toMatchObject({ up: false, services: [] });
    expect((await sagas('ls')).doc.error.code).toBe('PlatformNotRunning');
    const up = await platform('up', '--port', '0');
    expect(up.code, JSON.stringify(up.doc)).toBe(0);
    const first = up.doc as Status;
    expect(first.services.map(({ name }) => name).sort()).toEqual([...SERVICES].sort());
    expect(first.services.map(({ state }) => state)).toEqual(SERVICES.map(() => 'ready'));
    expect(await order(first.url, 'ann')).toMatchObject({
      status: 201,
      body: { items: [{ product_id: 1, quantity: 1 }] },
    });

    await lookAtSagas();

    const secrets = join(pubsub.env.XDG_STATE_HOME, 'pubsub/platform/secrets.json');
    expect(statSync(secrets).mode & 0o777).toBe(0o600);

    const prometheus = prometheusMissing ? undefined : await scrape(first);
    if (prometheus) {
      await expectScraped(prometheus, SERVICES);
      const orders = 'sum by (service) (http_requests_total{route="/orders",status="201"})';
      await expect.poll(() => prometheus.query(orders)).toEqual({ orders: '1' });
    }

    process.kill(pidOf(first, 'products'), 'SIGKILL');
    await gone([pidOf(first, 'products')]);
    if (prometheus) {
      await expect
        .poll(() => prometheus.query('up{job="platform"} == 0'))
        .toEqual({ products: '0' });
      await prometheus.stop();
    }
    const broken = await platform('status');
    expect(broken.code).toBe(3);
    const ended = (broken.doc as Status).services.filter(({ state }) => state === 'ended');
    expect(ended.map(({ name }) => name)).toEqual(['products']);

    const second = (await platform('up', '--port', '0')).doc as Status;
    for (const name of SERVICES.filter((each) => each !== 'products')) {
      expect(pidOf(second, name), name).toBe(pidOf(first, name));
    }
    expect(pidOf(second, 'products')).not.toBe(pidOf(first, 'products'));
    expect(await order(second.url, 'bob')).toMatchObject({ status: 201 });

    const logs = await pubsub.run(['platform', 'logs', 'orders']);
    expect(logs.stdout).toMatch(/orders +request .*route=\/orders status=201/);

    const pids = second.services.map(({ pid }) => pid);
    expect((await platform('down', '--delete-data')).doc).toMatchObject({
      killed: [],
      deleted: true,
    });
    await gone(pids);
    expect(existsSync(secrets)).toBe(false);
    expect(await status()).toMatchObject({ up: false });
    expect((await pubsub.json(['local', 'status'])).doc).toMatchObject({ running: false });
  });
});

const missing = postgresMissing ?? redisMissing;

describe.skipIf(missing)(
  `pubsub platform up on Postgres and Redis${missing ? ` (${missing})` : ''}`,
  () => {
    let postgres: TestPostgres;
    let redis: TestRedis;
    beforeAll(async () => {
      postgres = await startPostgres();
      redis = await startRedis();
    });
    afterAll(async () => {
      await redis?.kill();
      await postgres?.stop();
    });

    it('gives each service a database of its own', async () => {
      const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
      const up = await pubsub.json(['platform', 'up', '--port', '0'], { env });
      expect(up.code, JSON.stringify(up.doc)).toBe(0);
      const { url } = up.doc as Status;
      expect(await order(url, 'ann')).toMatchObject({
        status: 201,
        body: { items: [{ product_id: 1, quantity: 1 }] },
      });
      // What was killed finds its data again.
      process.kill(pidOf(up.doc as Status, 'orders'), 'SIGKILL');
      await gone([pidOf(up.doc as Status, 'orders')]);
      const { url: again } = (await pubsub.json(['platform', 'up', '--port', '0'], { env }))
        .doc as Status;
      expect(await order(again, 'bob')).toMatchObject({
        status: 201,
        body: { items: [{ product_id: 1, quantity: 1 }] },
      });
      expect((await platform('down')).code).toBe(0);
    });
  },
);
