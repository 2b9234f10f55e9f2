import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCallRecorder } from '../../fixtures/call-recorder.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { type Running, usePubsub } from '../../fixtures/pubsub.ts';
import { interruptedAtSilence } from '../../fixtures/silent-target.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';
import { cleanUpAt, fanOutAt, newPlace } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
beforeAll(() => putOrderDatabase(join(pubsub.env.XDG_STATE_HOME ?? '', 'pubsub/orders')));

/** How SNS says that there is no such topic. */
const NO_TOPIC = {
  status: 404,
  contentType: 'text/xml',
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>
    <Code>NotFound</Code><Message>Topic does not exist</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
};

const ORDER = { user_id: 1, total: 29.99, status: 'pending' };

/** A server's database where there is one: opening an embedded one takes a second of CPU time. */
let server: TestPostgres | undefined;
beforeAll(async () => {
  if (!postgresMissing) server = await startPostgres();
});
afterAll(() => server?.stop());
const onServer = () => ({ DATABASE_URL: server?.url });

type Env = Readonly<Record<string, string | undefined>>;

async function startServe(flags: readonly string[], env: Env = onServer()) {
  return urlOf(pubsub.start(['serve', '--port', '0', '--json', ...flags], { env }));
}

async function spawnServe(flags: readonly string[], env: Env = onServer()) {
  return urlOf(pubsub.spawn(['serve', '--port', '0', '--json', ...flags], { env }));
}

async function urlOf<R extends Running>(run: R): Promise<{ run: R; url: string }> {
  await run.waitFor(/"url":"[^"]+"/);
  const { url } = JSON.parse(run.stdout().split('\n')[0] ?? '');
  return { run, url };
}

const post = (url: string, order: object, headers: Record<string, string> = {}) =>
  fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ order }),
  });

describe('pubsub serve', () => {
  it('stops in order while its topic never answers', async () => {
    const { stderr, ...rest } = await interruptedAtSilence((flags) =>
      pubsub.start(['serve', '--port', '0', ...flags], { env: onServer() }),
    );
    expect(stderr).toContain('Stopped');
    expect(rest).toEqual({ code: 0, requests: 1 });
  });

  it('announces orders, stops cleanly, and has them after kill -9', {
    timeout: 120_000,
  }, async () => {
    const prefix = uniquePrefix();
    const place = await newPlace(endpoint, prefix);
    let settingUp = false;
    const gate = await openCallRecorder(endpoint.url, {
      refuse: ({ action }) => (settingUp && action.startsWith('Publish') ? NO_TOPIC : undefined),
    });
    const flags = ['--endpoint-url', gate.url, '--prefix', prefix];
    const first = await spawnServe(flags, {});

    const created = await post(first.url, ORDER);
    expect(created.status).toBe(201);
    const waiting = await fetch(`${first.url}/ready`);
    expect([waiting.status, await waiting.json()]).toMatchObject([
      503,
      { checks: { topic: { ok: false } } },
    ]);
    // The topic comes later than the order: the event has waited for it.
    await first.run.waitFor(`pubsub setup --endpoint-url ${gate.url} --prefix ${prefix}`);
    // A topic that is there before its subscriptions would take the event for nobody.
    settingUp = true;
    await fanOutAt(place);
    settingUp = false;
    const listened = await pubsub.run(['listen', 'email', '--max', '1', '--json', ...flags]);
    expect(JSON.parse(listened.stdout.split('\n')[0] ?? '')).toMatchObject({
      event: { event_type: 'order.created', order_id: 1, user_id: 1, total: 29.99 },
      outcome: 'handled',
    });
    await expect
      .poll(async () => (await fetch(`${first.url}/ready`)).status, { timeout: 15_000 })
      .toBe(200);

    const second = await pubsub.run(['serve', '--port', '0', ...flags]);
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('DATABASE_URL')]);

    await post(first.url, { ...ORDER, user_id: 2 });
    first.run.child.kill('SIGKILL');
    await first.run.finished;
    const again = await startServe(flags, {});
    expect(await (await fetch(`${again.url}/orders`)).json()).toMatchObject({
      orders: [
        { id: 2, user_id: 2 },
        { id: 1, user_id: 1 },
      ],
    });

    // What comes just before the end is published before the end.
    await post(again.url, { ...ORDER, user_id: 3 });
    again.run.kill('SIGTERM');
    const { code, stderr, stdout } = await again.run.finished;
    expect(code, stderr).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    for (const line of stderr.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({
        time: expect.any(String),
        level: expect.any(String),
      });
    }
    expect(stderr).not.toContain('29.99');
    const rest = await pubsub.run(['listen', 'email', '--idle-timeout', '2', '--json', ...flags]);
    const users = rest.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event?.user_id);
    // At least once: the killed one may have published, and not have written that down.
    expect(new Set(users)).toEqual(new Set([2, 3]));
    await cleanUpAt(place);
    await gate.close();
  });

  it('announces what waits once a target is there that was away when it started', {
    timeout: 120_000,
  }, async () => {
    const gate = await openCallRecorder(endpoint.url);
    const { port } = new URL(gate.url);
    await gate.close();
    const prefix = uniquePrefix();
    const place = await newPlace(endpoint, prefix);
    await fanOutAt(place);
    const { run, url } = await startServe(['--endpoint-url', gate.url, '--prefix', prefix]);
    expect((await post(url, ORDER)).status).toBe(201);
    expect(run.stderr()).toContain('Events wait in the outbox');

    const back = await openCallRecorder(endpoint.url, { port: Number(port) });
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toMatch(/^pubsub_outbox_published_total 1$/m);
    run.kill('SIGTERM');
    expect((await run.finished).code).toBe(0);
    await back.close();
  });

  it('says what waits when it ends, and that it failed where its output is lost', {
    timeout: 120_000,
  }, async () => {
    const flags = ['--endpoint-url', endpoint.url, '--prefix', uniquePrefix()];
    const { run, url } = await spawnServe(flags);
    expect((await post(url, ORDER)).status).toBe(201);
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    // The log of the next request can't be written.
    await post(url, ORDER).catch(() => {});
    await post(url, ORDER).catch(() => {});
    expect((await run.finished).code).toBe(1);
    const again = await startServe(flags);
    again.run.kill('SIGTERM');
    const { code, stderr } = await again.run.finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /Stopping[\s\S]*\d events? waits? in the outbox, unpublished[\s\S]*Stopped/,
    );
    // Its process goes on here, and nothing of it does.
    await expect(fetch(again.url)).rejects.toThrow('fetch failed');
  });

  it('stops at once at the second signal', { timeout: 120_000 }, async () => {
    const { run, url } = await spawnServe(['--endpoint-url', endpoint.url]);
    const { hostname, port } = new URL(url);
    const slow = createConnection({ host: hostname, port: Number(port) });
    slow.on('error', () => {});
    // A request whose body never comes to its end; the server says that it waits for it.
    slow.write(
      'POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n',
    );
    await once(slow, 'data');
    run.kill('SIGINT');
    await run.waitFor('Stopping');
    run.kill('SIGINT');
    expect((await run.finished).code).toBe(130);
    slow.destroy();
  });

  it('speaks to people on a terminal, and stops at Ctrl-C', { timeout: 120_000 }, async () => {
    const terminal = openTerminal(['serve', '--port', '0', '--endpoint-url', endpoint.url], {
      ...pubsub.env,
      ...(server && { DATABASE_URL: server.url }),
    });
    try {
      await terminal.waitFor(/Serving orders at http:\/\/127\.0\.0\.1:\d+ from/);
      const [, url = ''] = /Serving orders at (\S+)/.exec(plain(terminal.output())) ?? [];
      await fetch(`${url}/orders/1234567`);
      await terminal.waitFor(/\d\d:\d\d:\d\d 404 GET {3}\/orders\/:id {2}\d/);
      terminal.type('\x03');
      expect(await terminal.exited).toBe(0);
      expect(plain(terminal.output())).toMatch(/ Stopped\s*$/);
      expect(terminal.output()).not.toContain('{');
    } finally {
      terminal.kill();
    }
  });

  it('demands a token where others could reach it', { timeout: 120_000 }, async () => {
    const flags = ['--endpoint-url', endpoint.url];
    const refused = await pubsub.run(['serve', '--host', '0.0.0.0', ...flags]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('PUBSUB_API_TOKEN'),
    ]);
    const { run, url } = await startServe(['--host', '0.0.0.0', '--token', 'secret-1', ...flags]);
    const local = url.replace('0.0.0.0', '127.0.0.1');
    const without = await post(local, ORDER);
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="pubsub"',
    ]);
    expect((await post(local, ORDER, { authorization: 'Bearer secret-1' })).status).toBe(201);
    expect((await fetch(`${local}/health`)).status).toBe(200);
    run.kill('SIGTERM');
    const { code, stderr } = await run.finished;
    expect(code).toBe(0);
    expect(stderr).not.toContain('secret-1');
  });

  it.each([
    [['--port', '70000'], '--port must be a whole number from 0 to 65535'],
    [['--rate-limit', '-1'], '--rate-limit must be a whole number from 0'],
    [['--body-limit', '1k'], '--body-limit must be a whole number from 1024'],
    [['--token', 'two words'], 'visible ASCII'],
    [['--database-url', 'mysql://x'], 'not a Postgres URL'],
    [['--keep', 'long'], '--keep must be a length of time'],
  ])('refuses %j before it starts anything', async (flags, message) => {
    const { code, stderr } = await pubsub.run(['serve', ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('removes delivered events after the time that --keep says', { timeout: 90_000 }, async () => {
    const prefix = uniquePrefix();
    await fanOutAt(await newPlace(endpoint, prefix));
    const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
    const outbox = async (url: string) =>
      (await (await fetch(`${url}/outbox`)).json()) as { waiting: number; delivered: number };
    const first = await startServe(flags);
    expect((await post(first.url, ORDER)).status).toBe(201);
    await expect.poll(() => outbox(first.url), { timeout: 60_000 }).toMatchObject({ waiting: 0 });
    expect((await outbox(first.url)).delivered).toBeGreaterThan(0);
    first.run.kill('SIGTERM');
    await first.run.finished;

    const second = await startServe(['--keep', '0', ...flags]);
    await expect
      .poll(() => outbox(second.url), { timeout: 60_000 })
      .toMatchObject({ delivered: 0 });
    second.run.kill('SIGTERM');
    expect((await second.run.finished).code).toBe(0);
  });
});
