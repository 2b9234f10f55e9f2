import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };

const pubsub = usePubsub();
let server: TestPostgres | undefined;
let url: string;
beforeAll(async () => {
  if (postgresMissing) return;
  await pubsub.startEngine();
  server = await startPostgres();
  // A password that must not be seen: the server asks for none.
  const whole = new URL(server.url);
  whole.password = 'hushhush';
  url = whole.href;
}, 120_000);
afterAll(() => server?.stop());
afterEach(async () => {
  if (!postgresMissing) await deploy(['destroy', '--yes']);
});

/** Runs `pubsub deploy`, which never prints the password. */
async function deploy(args: readonly string[], databaseUrl?: string) {
  const env = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
  const ran = await pubsub.run(['deploy', ...args], { env });
  expect(ran.stdout + ran.stderr).not.toContain('hushhush');
  return ran;
}

async function deployed(args: readonly string[], databaseUrl?: string) {
  const { code, stderr, stdout } = await deploy([...args, '--json'], databaseUrl);
  expect(code, stderr).toBe(0);
  const { outputs, changes } = JSON.parse(stdout) as {
    outputs: Record<string, string>;
    changes: unknown[];
  };
  return { url: outputs.ApiUrl ?? '', changes, stderr };
}

function send(address: string, method: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': JSON.stringify(body) };
  return fetch(address, { method, headers, body: JSON.stringify(body) });
}

/** Rows of the real server. */
async function rows(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const WAITING = 'select count(*)::int as waiting from outbox where delivered_at is null';

it.skipIf(postgresMissing).each([
  ['serverless', ['--database', 'postgres']],
  ['ecs', []],
  ['hybrid', ['--database', 'rds']],
] as const)('orders of %s %j are kept in the server of DATABASE_URL', async (style, flags) => {
  const made = await deployed([style, ...flags], url);
  expect(made.stderr).toMatch(
    /Orders are kept in Postgres at 127\.0\.0\.1:\d+\/\w+ \(DATABASE_URL\)\./,
  );
  const order = { user_id: flags.length + style.length, total: 12.5 };
  const answer = await send(`${made.url}/orders`, 'POST', order);
  const { id } = (await answer.json()) as { id: number };
  expect(answer.status).toBe(201);
  const again = await send(`${made.url}/orders`, 'POST', order);
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  const changed = await send(`${made.url}/orders/${id}`, 'PATCH', { status: 'confirmed' });
  expect(changed.status).toBe(200);
  for (const words of [
    `confirmation email for order ${id}`,
    `status update email for order ${id}`,
  ]) {
    await expect.poll(async () => (await deploy(['logs'])).stdout, PATIENCE).toContain(words);
  }
  await expect.poll(() => rows(WAITING), PATIENCE).toEqual([{ waiting: 0 }]);
  expect(await rows(`select user_id, status from orders where id = ${id}`)).toEqual([
    { user_id: String(order.user_id), status: 'confirmed' },
  ]);
  // The next run keeps it, also where it isn't told.
  expect((await deployed([style])).changes).toEqual([]);
  const other = await deploy([style, '--dry-run'], `${url}?application_name=hushhush`);
  expect(other.stdout).toMatch(/~ (?:task|function) /);
});

it.skipIf(postgresMissing)('says what a deployment on a server lacks', async () => {
  for (const [args, databaseUrl, words] of [
    [
      ['serverless', '--database', 'postgres'],
      undefined,
      'needs the URL of a server, in DATABASE_URL',
    ],
    [['ecs', '--database', 'postgres'], undefined, 'needs the URL of a server, in DATABASE_URL'],
    [['ecs'], 'mysql://root:hushhush@localhost/orders', 'The database URL is not a Postgres URL.'],
    [['serverless', '--database', 'rds'], url, 'serverless has no orders in rds.'],
    [['hybrid', '--database', 'dynamodb'], undefined, 'hybrid has no orders in dynamodb.'],
    [['ecs', '--database', 'postgers'], undefined, 'Did you mean "postgres"?'],
  ] as const) {
    const { code, stderr } = await deploy(args, databaseUrl);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  }
});
